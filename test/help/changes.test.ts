/** What a refusal of a commit's files says to type is typed as it stands, and the push is accepted. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { accepted, COMMENT, COMMIT, cloneWith, makeHost, refusedBy, sh, type } from './support.js';

const host = await makeHost(t);
const STATUS = 'COORDINATION_STATUS.yaml';
const THREAD = `communications/${host.thread}/thread.md`;

t.test('an executable file', async (t) => {
  const clone = await cloneWith(t, host, 'mode', COMMENT, `chmod +x ${STATUS}`, COMMIT);
  const [help = '', ...more] = refusedBy(t, host, clone, 'tree/modes');
  t.equal(help, `chmod -x ${STATUS} && git update-index --chmod=-x ${STATUS} && git commit --amend --no-edit -S`);
  t.strictSame(more, []);
  type(t, clone, help);
  accepted(t, host, clone);
  t.equal(statSync(join(clone, STATUS)).mode & 0o111, 0, 'in the files as well, or the next commit would have it again');
  t.end();
});

t.test('a file that was only made executable', async (t) => {
  const clone = await cloneWith(t, host, 'mode-alone', `chmod +x ${STATUS}`, COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'tree/modes');
  t.equal(help, 'git reset --keep HEAD~1', 'nothing would be left of the commit, to which git does not amend');
  type(t, clone, help);
  nothingLeft(t, clone);
  t.end();
});

/** Commits the tree of the last commit again, with another mode in it than git itself writes, in its place. */
const written = (from: string, to: string) =>
  `tree=$(git cat-file tree HEAD | LC_ALL=C sed 's/${from}/${to}/' | git hash-object -t tree -w --stdin --literally) &&
  git reset --quiet --hard $(git log -1 --format=%B | git commit-tree -S -p HEAD~1 $tree)`;

t.test('modes that git itself does not write', async (t) => {
  const directory = await cloneWith(t, host, 'mode-directory', COMMENT, COMMIT, written('40000 comm', '40755 comm'));
  const [help = '', ...more] = refusedBy(t, host, directory, 'tree/modes');
  t.strictSame(more, []);
  t.match(sh(directory, 'git push').output, /communications\s+remote: {3}commit \w+: has the mode 40755, where 40000 was expected/);
  type(t, directory, help);
  accepted(t, host, directory);
  for (const mode of ['100664', '100600']) {
    const file = await cloneWith(t, host, `mode-${mode}`, COMMENT, COMMIT, written('100644 COORD', `${mode} COORD`));
    const [chmod = ''] = refusedBy(t, host, file, 'tree/modes');
    type(t, file, chmod);
    accepted(t, host, file);
  }
  t.end();
});

t.test('a symbolic link', async (t) => {
  const clone = await cloneWith(t, host, 'link', `ln -s ${STATUS} .gitlink`, COMMENT, 'git add .gitlink', COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'tree/modes');
  t.equal(help, 'git rm --cached .gitlink && git commit --amend --no-edit -S');
  type(t, clone, help, 'rm .gitlink');
  accepted(t, host, clone);
  t.end();
});

t.test('a file that no record has, among other changes', async (t) => {
  const clone = await cloneWith(t, host, 'file', COMMENT, `echo x > "Zoë's notes.txt"`, 'git add .', COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'tree/layout');
  t.equal(help, `git rm --cached 'Zoë'\\''s notes.txt' && git commit --amend --no-edit -S`);
  type(t, clone, help, `rm "Zoë's notes.txt"`);
  accepted(t, host, clone);
  t.end();
});

t.test('a file that no record has, and nothing else', async (t) => {
  const clone = await cloneWith(t, host, 'file-alone', 'echo x > notes.txt', 'git add .', COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'tree/layout');
  t.equal(help, 'git reset HEAD~1');
  type(t, clone, help);
  t.equal(sh(clone, 'cat notes.txt').output, 'x\n', 'what was written is kept');
  type(t, clone, 'rm notes.txt');
  nothingLeft(t, clone);
  t.end();
});

t.test('another .gitignore', async (t) => {
  const clone = await cloneWith(t, host, 'ignore', COMMENT, 'echo "*.bak" >> .gitignore', COMMIT);
  const [help = ''] = refusedBy(t, host, clone, 'tree/layout');
  type(t, clone, help);
  accepted(t, host, clone);
  t.end();
});

t.test('a thread that is deleted, alone or among other changes', async (t) => {
  const alone = await cloneWith(t, host, 'gone', 'git rm -r --quiet communications', COMMIT);
  const [drop = ''] = refusedBy(t, host, alone, 'record/no-removal');
  type(t, alone, drop);
  nothingLeft(t, alone);

  const clone = await cloneWith(t, host, 'renamed', COMMENT, `git mv ${THREAD} communications/${host.thread}/old.md`, COMMIT);
  const [restore = ''] = refusedBy(t, host, clone, 'record/no-removal');
  t.equal(restore, `git restore --source HEAD~1 --staged --worktree ${THREAD} && git commit --amend --no-edit -S`);
  const [leave = ''] = refusedBy(t, host, clone, 'tree/layout');
  type(t, clone, restore, leave, `rm communications/${host.thread}/old.md`);
  accepted(t, host, clone);
  t.end();
});

t.test('text that is part of the record', async (t) => {
  const clone = await cloneWith(t, host, 'changed', `sed -i.bak 's/is clear/is not clear/' ${THREAD}`, `rm ${THREAD}.bak`, COMMIT);
  const [show = '', takeBack = '', correct = ''] = refusedBy(t, host, clone, 'thread/append-only');
  t.equal(show, `git show HEAD -- ${THREAD}  # shows what you wrote: keep it`);
  t.equal(takeBack, 'git reset --keep HEAD~1  # takes the change back');
  t.match(correct, /^then add a correction instead: vpr thread add [^ ]+ --corrects [0-9a-f-]{36} --message …$/);
  type(t, clone, takeBack, command(correct).replace('…', '"The X-ray is not clear."'));
  accepted(t, host, clone);
  t.match(sh(clone, `cat ${THREAD}`).output, /X-ray is clear\..*\*\*Type:\*\* correction.*X-ray is not clear\./s);
  t.end();
});

t.test('text that is part of the record, among other changes', async (t) => {
  const clone = await cloneWith(
    t,
    host,
    'changed-too',
    COMMENT,
    `sed -i.bak 's/is clear/is not clear/' ${THREAD}`,
    `rm ${THREAD}.bak`,
    COMMIT,
  );
  const [, takeBack = ''] = refusedBy(t, host, clone, 'thread/append-only');
  type(t, clone, takeBack);
  accepted(t, host, clone);
  t.end();
});

t.test('a status file and a ledger that are not what they should be', async (t) => {
  const ledger = `communications/${host.thread}/ledger.yaml`;
  for (const [name, rule, path, wrong, right] of [
    ['state', 'status/schema', STATUS, 's/lifecycle_state: active/lifecycle_state: paused/', 's/paused/suspended/'],
    ['role', 'ledger/schema', ledger, 's/role: clinician/role: doctor/', 's/role: doctor/role: clinician/'],
    ['text', 'tree/text', STATUS, 's/$/\\r/', 's/\\r//; s/lifecycle_state: active/lifecycle_state: suspended/'],
  ] as const) {
    const clone = await cloneWith(t, host, name, `sed -i '${wrong}' ${path}`, COMMIT);
    const help = refusedBy(t, host, clone, rule).at(-1) ?? '';
    t.equal(help, `mend it in an editor, then: git add ${path} && git commit --amend --no-edit -S`);
    type(t, clone, `sed -i '${right}' ${path}`);
    if (path === ledger)
      type(
        t,
        clone,
        `echo "# seen" >> ${path}`,
        `sed -i 's/^last_updated_at: .*/last_updated_at: '$(date -u +%Y-%m-%dT%H:%M:%SZ)'/' ${path}`,
      );
    type(t, clone, command(help));
    accepted(t, host, clone);
    type(
      t,
      clone,
      `sed -i 's/lifecycle_state: suspended/lifecycle_state: active/' ${STATUS}`,
      `git diff --quiet || (${COMMIT} && git push --quiet)`,
    );
  }
  t.end();
});

t.test("the record's id", async (t) => {
  const clone = await cloneWith(
    t,
    host,
    'identity',
    `sed -i.bak 's/^\\(clinical_id: "*\\)......../\\1aaaaaaaa/' ${STATUS}`,
    `rm ${STATUS}.bak`,
    COMMIT,
  );
  const [help = ''] = refusedBy(t, host, clone, 'record/identity');
  type(t, clone, help);
  nothingLeft(t, clone);
  t.end();
});

/** What follows the words of a help line. */
function command(help: string): string {
  return help.slice(help.indexOf(': ') + 2);
}

/** The commit is gone, and all is as on the host. */
function nothingLeft(t: Parameters<typeof type>[0], clone: string): void {
  t.equal(sh(clone, 'git rev-parse main').output.trim(), host.main(), 'the commit is gone');
  t.equal(sh(clone, 'git status --porcelain').output, '', 'and nothing of it is left in the files');
}
