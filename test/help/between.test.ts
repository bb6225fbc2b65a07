/** Somebody else pushed in between: what git and the host say to type is typed, and the push is accepted. */
import t, { type Test } from 'tap';
import { accepted, COMMENT, COMMIT, cloneWith, makeHost, refusedBy, sh, type } from './support.js';

const host = await makeHost(t);
const other = await host.clone('other');
const ADD = `vpr thread add ${host.thread} --message "Seen."`;

/** Somebody else pushes to main. */
function pushInBetween(t: Test): void {
  type(t, other, 'git pull --quiet', COMMENT, COMMIT, 'git push --quiet');
}

/** A clone with a message of its own, whose push git refuses: main has moved meanwhile. */
async function overtaken(t: Test, name: string, ...lines: readonly string[]): Promise<string> {
  const clone = await cloneWith(t, host, name, ...lines, ADD);
  pushInBetween(t);
  const { status, output } = sh(clone, 'git push');
  t.equal(status, 1, 'git refuses the push', { output });
  t.match(output, /! \[rejected\] +main -> main \(fetch first\)/);
  return clone;
}

t.test('git pull --rebase -S, which the help names in place of a plain pull', async (t) => {
  const clone = await cloneWith(
    t,
    host,
    'unsigned',
    'git config --unset pull.rebase; git config --unset pull.ff; git config --unset commit.gpgSign',
    ADD,
    'git commit --quiet --amend --no-edit --no-gpg-sign',
  );
  const pull = refusedBy(t, host, clone, 'commit/signature').at(-1) ?? '';
  t.equal(pull, 'git pull --rebase -S  # in place of a plain git pull, which drops signatures');
  pushInBetween(t);
  const { status, output } = sh(clone, 'git pull');
  t.equal(status, 128, 'a plain pull stops: git is not told what to do with two sides', { output });
  t.match(output, /divergent branches/);
  type(t, clone, pull);
  accepted(t, host, clone);
  t.end();
});

t.test('a rebase without -S drops the signature, which the help puts back', async (t) => {
  const clone = await overtaken(t, 'dropped', 'git config --unset pull.rebase', 'git config commit.gpgSign false');
  type(t, clone, 'git pull --quiet --rebase');
  const [amend = ''] = refusedBy(t, host, clone, 'commit/signature');
  type(t, clone, amend);
  accepted(t, host, clone);
  t.end();
});

t.test('a clone that vpr setup made ready needs no more than git pull', async (t) => {
  const clone = await overtaken(t, 'ready');
  type(t, clone, 'git pull --quiet');
  accepted(t, host, clone);
  t.end();
});

t.test('pushing with force', async (t) => {
  const clone = await overtaken(t, 'force');
  const [pull = '', push = ''] = refusedBy(t, host, clone, 'ref/fast-forward', 'git push --force');
  t.match([pull, push], [/^git pull --rebase -S origin main {2}#/, 'git push']);
  type(t, clone, pull);
  accepted(t, host, clone);
  t.end();
});

t.test('a merge', async (t) => {
  const clone = await overtaken(t, 'merge');
  type(t, clone, 'git pull --quiet --no-rebase --no-edit');
  const [pull = ''] = refusedBy(t, host, clone, 'history/linear');
  t.match(pull, /^git pull --rebase -S origin main {2}#/);
  type(t, clone, pull);
  accepted(t, host, clone);
  t.end();
});
