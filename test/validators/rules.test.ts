/** Every rule on its own examples: they are its documentation, and its first test. */
import t from 'tap';
import { RULES } from '../../src/validators/rules.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';

const people = await makePeople();
const strangers = await makePeople();

t.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length, 'no id stands twice');

for (const rule of RULES) {
  t.test(rule.id, async (t) => {
    const bad = scenario(people, strangers);
    rule.refuses.push(bad);
    const refused = await bad.judge();
    t.equal(refused.accepted, false, `refuses ${rule.refuses.title}`);
    t.ok(
      refused.problems.some((problem) => problem.rule === rule.id),
      `under its own id: ${refused.problems.map((problem) => `${problem.rule} ${problem.message}`).join(' | ')}`,
    );

    const good = scenario(people, strangers);
    rule.accepts.push(good);
    const accepted = await good.judge();
    t.same(accepted.problems, [], `accepts ${rule.accepts.title}`);
    t.equal(accepted.accepted, true);
    t.same(accepted.notChecked, []);
    t.ok(accepted.commits.judged > 0);
  });
}
