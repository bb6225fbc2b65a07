/** Something happened on the host while somebody wrote offline: what the refusal says to type is typed, and the push is accepted. */
import t, { type Test } from 'tap';
import { accepted, refusedBy, sh, type } from './support.js';
import { command, shared } from './support-people.js';

const host = await shared(t);
const WORDS = 'Written offline.';
const { tom: TOM, rob: ROB } = host.people;

/** Tom writes offline while Jane does something; he pulls, as git says, and pushes. */
async function meanwhile(t: Test, thread: string, lines: readonly string[], janes: readonly string[], rule: string) {
  const tom = await host.clone('tom');
  const jane = await host.clone('jane');
  type(t, tom, ...lines);
  type(t, jane, ...janes, 'git push --quiet');
  type(t, tom, 'git pull --quiet');
  return { tom, jane, help: refusedBy(t, host, tom, rule), thread };
}

const add = (thread: string) => `vpr thread add ${thread} --message "${WORDS}"`;
const set = (thread: string, change: string) => `vpr ledger set ${thread} ${change}`;
const status = (change: string) => `vpr status set ${change}`;

t.test('the thread was closed, and he wrote twice', async (t) => {
  const thread = await host.open(t);
  const { tom, help } = await meanwhile(t, thread, [add(thread), add(thread)], [set(thread, '--status closed')], 'thread/open');
  t.match(sh(tom, help[0] ?? '').output, `+${WORDS}`, 'what he wrote is shown');
  type(t, tom, help[1] ?? '');
  const [, drop = '', create = ''] = refusedBy(t, host, tom, 'thread/open');
  type(t, tom, drop, `${command(create)} --message "${WORDS}"`);
  accepted(t, host, tom);
  t.end();
});

t.test('the thread was closed, and he wrote to another one after that', async (t) => {
  const thread = await host.open(t);
  const { tom, help } = await meanwhile(t, thread, [add(thread), add(host.thread)], [set(thread, '--status closed')], 'thread/open');
  t.match(sh(tom, 'git push').output, /where it is not your last commit: git rebase --interactive -S origin\/main/);
  type(t, tom, `GIT_SEQUENCE_EDITOR="sed -i '1s/pick/edit/'" git rebase --quiet --interactive -S origin/main`);
  const [show = '', drop = ''] = help;
  t.match(sh(tom, show).output, `+${WORDS}`);
  type(t, tom, drop, 'git rebase --continue');
  accepted(t, host, tom);
  t.end();
});

t.test('the record was suspended, he wrote twice, and lifts that', async (t) => {
  const { tom, help } = await meanwhile(
    t,
    host.thread,
    [add(host.thread), add(host.thread)],
    [status('--lifecycle suspended')],
    'status/permits',
  );
  type(t, tom, command(help.find((line) => line.startsWith('where you lift it: ')) ?? ''));
  accepted(t, host, tom);
  t.end();
});

t.test('the record was suspended, and somebody else lifts that', async (t) => {
  const { tom, jane, help } = await meanwhile(t, host.thread, [add(host.thread)], [status('--lifecycle suspended')], 'status/permits');
  type(t, jane, status('--lifecycle active'), 'git push --quiet');
  const pull = help.find((line) => line.startsWith('where somebody else lifts that: ')) ?? '';
  type(t, tom, command(pull));
  accepted(t, host, tom);
  t.end();
});

t.test('the record was closed to new threads', async (t) => {
  const create = `vpr thread create --message "${WORDS}"`;
  const { tom, jane, help } = await meanwhile(t, host.thread, [create], [status('--no-open')], 'status/permits');
  const [show = '', drop = '', instead = ''] = help.slice(help.indexOf('where nobody does:') + 1);
  t.match(sh(tom, show).output, `+${WORDS}`);
  type(t, tom, drop, command(instead).replace('THREAD', host.thread).replace('…', `"${WORDS}"`));
  accepted(t, host, tom);

  type(t, jane, 'git pull --quiet', status('--open'), 'git push --quiet');
  t.end();
});

t.test('somebody else has made the same change of the ledger', async (t) => {
  const thread = await host.open(t);
  const change = set(thread, `--add-participant '${ROB.id}:clinician:${ROB.name}'`);
  const { tom, help } = await meanwhile(t, thread, [change], [change], 'thread/author');
  t.match(help[0], /^git reset --keep HEAD~1 {2}# where somebody else has made this change of the ledger already$/);
  type(t, tom, help[0] ?? '');
  t.equal(sh(tom, 'git rev-parse main').output.trim(), host.main(), 'nothing is left to push');
  type(t, tom, add(thread));
  accepted(t, host, tom);
  t.end();
});

t.test('he was removed from the thread, and is added again', async (t) => {
  const thread = await host.open(t);
  const remove = set(thread, `--remove-participant ${TOM.id}`);
  const { tom, jane, help } = await meanwhile(t, thread, [add(thread)], [remove], 'thread/participants');
  const [wait = '', nobody = '', show = '', drop = ''] = help;
  t.match(wait, `where a clinician of the thread or an administrator adds you (vpr ledger set ${thread} --add-participant ${TOM.id}:`);
  t.equal(nobody, 'where nobody does:');
  t.match(sh(tom, show).output, `+${WORDS}`);
  type(t, jane, set(thread, `--add-participant '${TOM.id}:clinician:${TOM.name}'`), 'git push --quiet');
  type(t, tom, command(wait));
  accepted(t, host, tom);
  t.match(drop, /^git reset --keep HEAD~1 /);
  t.end();
});
