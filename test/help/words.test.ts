/** What a refusal of what somebody wrote by hand says to type is typed as it stands, and the push is accepted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Person } from '../../src/validators/example.js';
import { accepted, COMMIT, refusedBy, sh, type } from './support.js';
import { command, shared, write } from './support-people.js';

const host = await shared(t);
const { jane: JANE, tom: TOM, bot: BOT } = host.people;
const LEDGER = `communications/${host.thread}/ledger.yaml`;
const COMMIT_ALL = `git add . && ${COMMIT}`;
const SHOW = /^git show HEAD -- communications\/\S+\/thread\.md {2}# shows what you wrote: keep it$/;
const DROP = 'git reset --keep HEAD~1  # takes the commit back';

type Written = Parameters<typeof write>[3];

/** Somebody's clone with a message that was written by hand, committed. */
async function written(t: Test, person: Person, author: Person, options?: Written, line = COMMIT): Promise<string> {
  const clone = await host.clone(person);
  write(clone, host.thread, host.people[author], options);
  type(t, clone, line);
  return clone;
}

/** Shows the words, takes the commit back, and writes it again as the last line says. */
function again(t: Test, clone: string, [show = '', drop = '', write = '']: readonly string[]): void {
  t.match(show, SHOW);
  t.match(sh(clone, show).output, '+By hand.', 'what was written is shown');
  t.equal(drop, DROP);
  type(t, clone, drop, command(write).replace('…', '"By hand."'));
  accepted(t, host, clone);
}

t.test("a message in somebody else's name", async (t) => {
  const clone = await written(t, 'tom', 'jane');
  const help = refusedBy(t, host, clone, 'thread/author');
  t.match(help[0], /^where you record it for a patient: /);
  t.equal(help[1], 'where it is your own:');
  again(t, clone, help.slice(2));
  t.end();
});

t.test('a role that is not the certificate’s', async (t) => {
  const clone = await written(t, 'tom', 'tom', { role: 'patient' });
  again(t, clone, refusedBy(t, host, clone, 'thread/author'));
  t.end();
});

t.test('another name than the ledger has', async (t) => {
  const clone = await written(t, 'tom', 'tom', { name: 'Prof Tom Patel' });
  const help = refusedBy(t, host, clone, 'thread/author');
  type(t, clone, `sed -i 's/Prof Tom Patel/${TOM.name}/' communications/${host.thread}/thread.md`, command(help.at(-1) ?? ''));
  accepted(t, host, clone);
  t.end();
});

t.test('a message that stands twice', async (t) => {
  const clone = await host.clone('tom');
  const words = readFileSync(join(clone, 'communications', host.thread, 'thread.md'), 'utf8');
  write(clone, host.thread, TOM, { id: /\*\*ID:\*\* `(.*)`/.exec(words)?.[1] ?? '' });
  type(t, clone, COMMIT);
  again(t, clone, refusedBy(t, host, clone, 'thread/ids'));
  t.end();
});

t.test('a clock that is an hour fast', async (t) => {
  const at = new Date(Date.now() + 3_600_000);
  const dated = `GIT_COMMITTER_DATE=${at.toISOString()} GIT_AUTHOR_DATE=${at.toISOString()} ${COMMIT}`;
  const clone = await written(t, 'tom', 'tom', { at }, dated);
  const { output } = sh(clone, 'git push');
  t.match(output, /refused: 1 problem in 1 of 1 commit/, 'the clock is one problem');
  again(t, clone, refusedBy(t, host, clone, 'thread/time'));
  t.end();
});

t.test('a change of what was said, with words of their own', async (t) => {
  const clone = await host.clone('tom');
  write(clone, host.thread, TOM);
  type(t, clone, `sed -i '0,/Please/s//By all means/' communications/${host.thread}/thread.md`, COMMIT);
  const [show = '', drop = '', correct = ''] = refusedBy(t, host, clone, 'thread/append-only');
  t.match(show, SHOW);
  t.match(sh(clone, show).output, '+By hand.');
  type(t, clone, drop, command(correct).replace('…', '"By hand."'));
  accepted(t, host, clone);
  t.end();
});

t.test('last_updated_at that stands still', async (t) => {
  const clone = await host.clone('tom');
  write(clone, host.thread, TOM);
  type(t, clone, `git checkout --quiet HEAD ${LEDGER}`, COMMIT);
  const [value = '', mend = ''] = refusedBy(t, host, clone, 'ledger/updated');
  t.match(value, /^write: last_updated_at: \d{4}-/);
  type(t, clone, `sed -i 's/^last_updated_at: .*/${command(value)}/' ${LEDGER}`, command(mend));
  accepted(t, host, clone);
  t.end();
});

t.test('a closed thread that is opened again', async (t) => {
  const thread = await host.open(t);
  const clone = await host.clone('tom');
  const ledger = `communications/${thread}/ledger.yaml`;
  type(t, clone, `vpr ledger set ${thread} --status closed`, 'git push --quiet');
  type(
    t,
    clone,
    `sed -i "s/^status: .*/status: open/; s/^last_updated_at: .*/last_updated_at: $(date -u +%Y-%m-%dT%H:%M:%S.999Z)/" ${ledger}`,
    COMMIT,
  );
  const [drop = '', create = ''] = refusedBy(t, host, clone, 'ledger/transition');
  type(t, clone, drop, `${command(create)} --message "By hand."`);
  accepted(t, host, clone);
  t.end();
});

t.test('a system opens a thread', async (t) => {
  const clone = await host.clone('bot');
  type(t, clone, `vpr thread create --participant '${JANE.id}:clinician:${JANE.name}'`);
  const [show = '', drop = '', ask = ''] = refusedBy(t, host, clone, 'signer/may');
  t.match(show, SHOW);
  type(t, clone, drop);
  t.equal(ask, 'then ask a clinician or an administrator to open the thread');
  write(clone, host.thread, BOT);
  type(t, clone, COMMIT);
  accepted(t, host, clone);
  t.end();
});

t.test('a system closes a thread with a message', async (t) => {
  const clone = await host.clone('bot');
  write(clone, host.thread, BOT);
  type(t, clone, `sed -i 's/^status: open/status: closed/' ${LEDGER}`, COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'signer/may');
  t.match(help, /^leave no change in it but last_updated_at: mend it in an editor, then: git add /);
  type(t, clone, `sed -i 's/^status: closed/status: open/' ${LEDGER}`, command(command(help)));
  accepted(t, host, clone);
  t.end();
});

t.test('line ends of another system, said once', async (t) => {
  const clone = await host.clone('tom');
  type(t, clone, `sed -i 's/$/\\r/' ${LEDGER}`, COMMIT);
  t.match(sh(clone, 'git push').output, /refused: 1 problem in 1 of 1 commit/);
  t.end();
});

t.test('a file that may not be there is not to be mended', async (t) => {
  const clone = await host.clone('tom');
  type(t, clone, `printf 'a\\0b' > .DS_Store`, COMMIT_ALL);
  t.match(sh(clone, 'git push').output, /refused: 1 problem in 1 of 1 commit/);
  const [help = ''] = refusedBy(t, host, clone, 'tree/layout');
  type(t, clone, help, 'rm .DS_Store');
  t.equal(sh(clone, 'git rev-parse main').output.trim(), host.main());
  t.end();
});

t.test('a directory that is renamed', async (t) => {
  const clone = await host.clone('tom');
  const renamed = host.thread.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  type(t, clone, `git mv communications/${host.thread} communications/${renamed}`, COMMIT);
  const { output } = sh(clone, 'git push');
  t.notMatch(output, /make threads with|communication_id/, 'what would mend nothing');
  const [drop = ''] = refusedBy(t, host, clone, 'record/no-removal');
  type(t, clone, drop);
  t.equal(sh(clone, 'git rev-parse main').output.trim(), host.main(), 'the commit is gone');
  t.equal(sh(clone, 'git status --porcelain').output, '', 'and nothing of it is left in the files');
  t.end();
});
