/** What a refusal of a commit's message or headers says to type is typed as it stands, and the push is accepted. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { accepted, COMMENT, COMMIT, cloneWith, makeHost, NAME, refusedBy, sh, type } from './support.js';

const host = await makeHost(t);
/** As in a clone that vpr setup was never run in. */
const NO_HOOK = 'git config core.hooksPath /nonexistent';
const WORDS = [NAME, 'Clinician', 'Oxford University Hospitals'];

/** Puts words in place of a line's placeholders, in order. */
function filled(line: string, words: readonly string[]): string {
  return words.reduce((text, word) => text.replace(/…|<domain>:<action>: <summary>/, word), line);
}

t.test('missing trailers', async (t) => {
  const clone = await cloneWith(t, host, 'trailers', NO_HOOK, COMMENT, COMMIT);
  const [help = '', ...more] = refusedBy(t, host, clone, 'commit/message');
  t.equal(help, 'git commit --amend --no-edit -S --trailer "Author-Name: …" --trailer "Author-Role: …" --trailer "Care-Location: …"');
  t.strictSame(more, []);
  type(t, clone, filled(help, WORDS));
  accepted(t, host, clone);
  t.end();
});

t.test('one missing trailer', async (t) => {
  const others = `--trailer "Author-Name: ${NAME}" --trailer "Care-Location: Oxford"`;
  const clone = await cloneWith(t, host, 'trailer', COMMENT, `git -c core.hooksPath=/nonexistent ${COMMIT.slice('git '.length)} ${others}`);
  const [help = ''] = refusedBy(t, host, clone, 'commit/message');
  t.equal(help, 'git commit --amend --no-edit -S --trailer "Author-Role: …"');
  type(t, clone, filled(help, ['Clinician']));
  accepted(t, host, clone);
  t.end();
});

t.test('the message of cherry-pick -x', async (t) => {
  const clone = await cloneWith(
    t,
    host,
    'cherry',
    'git switch --quiet -c draft',
    COMMENT,
    COMMIT,
    'git switch --quiet main',
    'git cherry-pick -x draft',
  );
  const [help = '', ...more] = refusedBy(t, host, clone, 'commit/message');
  t.equal(help, "git log -1 --format=%B | sed '/^(cherry picked from commit /d' | git commit --amend -S -F -");
  t.strictSame(more, []);
  type(t, clone, help);
  accepted(t, host, clone);
  t.end();
});

t.test('the message of revert', async (t) => {
  const clone = await cloneWith(t, host, 'revert', NO_HOOK, 'git revert --no-edit HEAD');
  const [help = '', ...more] = refusedBy(t, host, clone, 'commit/message');
  t.match(help, /^git commit --amend -S -m "<domain>:<action>: <summary>" --trailer "Author-Name: …"/);
  t.strictSame(more, []);
  type(t, clone, filled(help, ['coordination:update: Removed a comment', ...WORDS]));
  accepted(t, host, clone);
  t.end();
});

t.test('the message of merge --squash', async (t) => {
  const draft = ['git switch --quiet -c draft', COMMENT, COMMIT, 'git switch --quiet main'];
  const clone = await cloneWith(t, host, 'squash', ...draft, 'git merge --squash draft', 'GIT_EDITOR=: git commit --quiet');
  const [help = '', ...more] = refusedBy(t, host, clone, 'commit/message');
  t.equal(help, 'git commit --amend -S -m "<domain>:<action>: <summary>"');
  t.strictSame(more, []);
  type(t, clone, filled(help, ['coordination:update: Added a comment']));
  accepted(t, host, clone);
  t.end();
});

t.test('the message of commit --fixup', async (t) => {
  const clone = await cloneWith(t, host, 'fixup', COMMENT, COMMIT, COMMENT, 'git commit --quiet --all --fixup=HEAD');
  const [help = '', other = '', ...more] = refusedBy(t, host, clone, 'commit/message');
  t.equal(help, 'GIT_SEQUENCE_EDITOR=: git rebase -i --autosquash -S origin/main');
  t.match(other, /^git commit --amend -S -m "<domain>:<action>: <summary>" {2}# where the earlier one has been pushed$/);
  t.strictSame(more, []);
  type(t, clone, help);
  accepted(t, host, clone);
  t.equal(sh(clone, 'git log -1 --format=%s').output, 'coordination:update: Added a comment\n');

  const late = await cloneWith(t, host, 'fixup-late', COMMENT, 'git commit --quiet --all --fixup=HEAD');
  type(t, late, filled(refusedBy(t, host, late, 'commit/message')[1] ?? '', ['coordination:update: Added a comment']));
  accepted(t, host, late);
  t.end();
});

t.test('the comments of the editor, kept', async (t) => {
  const commit = "GIT_EDITOR='sed -i 1s/^/coordination:update:\\ Added\\ a\\ comment/' git commit --quiet --all --cleanup=verbatim";
  const clone = await cloneWith(t, host, 'comments', COMMENT, commit);
  const help = refusedBy(t, host, clone, 'commit/message');
  t.equal(help[0], 'git config commit.cleanup strip');
  t.equal(help.length, 2);
  for (const line of help) type(t, clone, line);
  accepted(t, host, clone);
  t.end();
});

t.test('the header that another encoding adds', async (t) => {
  const clone = await cloneWith(t, host, 'encoding', 'git config i18n.commitEncoding ISO-8859-1', COMMENT, COMMIT);
  const [help = '', ...more] = refusedBy(t, host, clone, 'commit/headers');
  t.equal(help, 'git config i18n.commitEncoding UTF-8 && git commit --amend --no-edit -S');
  t.strictSame(more, []);
  type(t, clone, help);
  accepted(t, host, clone);
  t.end();
});

t.test('a header that nobody knows', async (t) => {
  const clone = await cloneWith(t, host, 'header', COMMENT, COMMIT);
  writeFileSync(join(clone, '.git', 'odd'), sh(clone, 'git cat-file commit HEAD').output.replace('\n\n', '\nHG:extra x\n\n'));
  type(t, clone, 'git update-ref HEAD $(git hash-object -t commit -w --literally .git/odd)');
  const [help = ''] = refusedBy(t, host, clone, 'commit/headers');
  t.equal(help, 'git reset --soft HEAD~1 && git commit -S -C ORIG_HEAD');
  type(t, clone, help);
  accepted(t, host, clone);
  t.end();
});

t.test('a commit that changes nothing', async (t) => {
  const clone = await cloneWith(
    t,
    host,
    'empty',
    COMMENT,
    COMMIT,
    'git commit --quiet --allow-empty -m "coordination:update: Did nothing"',
  );
  const [help = ''] = refusedBy(t, host, clone, 'commit/empty');
  type(t, clone, help);
  accepted(t, host, clone);
  t.equal(sh(clone, 'git log -1 --format=%s').output, 'coordination:update: Added a comment\n');
  t.end();
});
