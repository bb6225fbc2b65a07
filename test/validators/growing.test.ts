/** Faults of a file that grows, and of one that was wrong before. */
import t from 'tap';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';

const people = await makePeople();
const OVERRIDE = 'dose \u202e05\u202c mg';

t.test('what is wrong in an appended message is told with its own line', async (t) => {
  const { problems } = await scenario(people)
    .append()
    .append({ body: `first\n${OVERRIDE}` })
    .judge();
  const [problem] = problems.filter(({ rule }) => rule === 'tree/text');
  t.match(problem, { line: 36, message: /U\+202E/ });
});

t.test('what stood there before is told once, by the commit that brought it', async (t) => {
  const record = scenario(people).append({ body: OVERRIDE }).append().append();
  const { problems } = await record.judge();
  t.equal(problems.filter(({ rule }) => rule === 'tree/text').length, 1);
});

t.test('a message id is told where it comes again, and not with every later message', async (t) => {
  const record = scenario(people);
  const { problems } = await record.append({ id: record.message }).append().judge();
  t.match(
    problems.filter(({ rule }) => rule === 'thread/ids').map(({ message }) => message),
    [/is already that of the message in line 3$/],
  );
});
