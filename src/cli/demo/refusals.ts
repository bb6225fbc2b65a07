/** What would break a record, a family of rules at a time: pushes of somebody who may push. */
import type { Scene } from './scene.js';

/** Commits what an editor (here: sed, echo and printf) changed. */
const COMMIT = 'git commit --quiet --all -m "coordination:update: Changed a file"';
/** A change that is nothing but a comment. */
const COMMENT = 'echo "# checked" >> COORDINATION_STATUS.yaml';

export const REFUSALS: readonly Scene[] = [
  {
    title: 'She changes a word of hers that is part of the record',
    person: 'jane',
    do: ['sed -i.bak "s/booked for Monday/booked for Tuesday/" communications/*/thread.md', COMMIT, 'git push'],
    expect: { refused: 'thread/append-only' },
  },
  {
    title: 'A thread is deleted',
    person: 'jane',
    do: ['git rm -r --quiet communications', COMMIT, 'git push'],
    expect: { refused: 'record/no-removal' },
  },
  {
    title: 'The last commit is rewritten, and pushed with force',
    person: 'jane',
    do: ['git commit --quiet --amend --no-edit', 'git push --force'],
    expect: { refused: 'ref/fast-forward' },
  },
  {
    title: 'main is deleted',
    person: 'jane',
    do: ['git push origin --delete main'],
    expect: { refused: 'ref/no-delete' },
  },
  {
    title: 'Another branch is pushed',
    person: 'jane',
    do: ['git push origin main:draft'],
    expect: { refused: 'ref/only-main' },
  },
  {
    title: 'The record gets another id',
    person: 'jane',
    do: ['sed -i.bak "s/{record}/{other}/" COORDINATION_STATUS.yaml', COMMIT, 'git push'],
    expect: { refused: 'record/identity' },
  },
  {
    title: 'The commit message is not of the form that a record asks for',
    person: 'jane',
    do: [COMMENT, 'git commit --quiet --all -m "checked"', 'git push'],
    expect: { refused: 'commit/message' },
  },
  {
    title: 'The message is in another encoding than UTF-8, which adds a header',
    person: 'jane',
    do: [COMMENT, COMMIT.replace('git', 'git -c i18n.commitEncoding=ISO-8859-1'), 'git push'],
    expect: { refused: 'commit/headers' },
  },
  {
    title: 'The commit is dated in the future',
    person: 'jane',
    do: [COMMENT, `GIT_COMMITTER_DATE=2099-01-01T12:00:00Z ${COMMIT}`, 'git push'],
    expect: { refused: 'commit/time' },
  },
  {
    title: "Another's name stands in the commit message",
    person: 'jane',
    do: [COMMENT, `${COMMIT} --trailer "Author-Name: Dr Tom Brown"`, 'git push'],
    expect: { refused: 'commit/author' },
  },
  {
    title: 'The commit is not signed',
    person: 'jane',
    do: [COMMENT, `${COMMIT} --no-gpg-sign`, 'git push'],
    expect: { refused: 'commit/signature' },
  },
  {
    title: 'Somebody signs as Dr Smith of the GMC, with a certificate he issued himself',
    person: 'jane',
    do: [
      'vpr cert authority ../fake --name "General Medical Council" --authority GMC --no-passphrase',
      'vpr cert issue --ca ../fake --name "Dr Jane Smith" --authority GMC --number 1234567 --email jane.smith@example.org --participant {jane} --out ../fake',
      'vpr setup --certificate ../fake/dr-jane-smith.crt --key ../fake/dr-jane-smith.key',
      'vpr thread add {thread} --message "Stop all tablets."',
      'git push',
    ],
    expect: { refused: 'commit/signer' },
  },
  {
    title: 'A file that no record has',
    person: 'jane',
    do: ['echo "call back" > notes.txt', 'git add notes.txt', COMMIT, 'git push'],
    expect: { refused: 'tree/layout' },
  },
  {
    title: 'A file that can be run',
    person: 'jane',
    do: ['git update-index --chmod=+x COORDINATION_STATUS.yaml', COMMIT.replace(' --all', ''), 'git push'],
    expect: { refused: 'tree/modes' },
  },
  {
    title: 'Text that is not UTF-8',
    person: 'jane',
    do: ["printf '# caf\\351\\n' >> COORDINATION_STATUS.yaml", COMMIT, 'git push'],
    expect: { refused: 'tree/text' },
  },
  {
    title: 'A role that there is not',
    person: 'jane',
    do: ['sed -i.bak "s/role: patient/role: doctor/" communications/*/ledger.yaml', COMMIT, 'git push'],
    expect: { refused: 'ledger/schema' },
  },
  {
    title: 'A ledger that changes, and does not say when',
    person: 'jane',
    do: ['sed -i.bak "s/sensitivity: standard/sensitivity: confidential/" communications/*/ledger.yaml', COMMIT, 'git push'],
    expect: { refused: 'ledger/updated' },
  },
  {
    title: 'A state that a record cannot be in',
    person: 'jane',
    do: ['sed -i.bak "s/lifecycle_state: active/lifecycle_state: paused/" COORDINATION_STATUS.yaml', COMMIT, 'git push'],
    expect: { refused: 'status/schema' },
  },
];
