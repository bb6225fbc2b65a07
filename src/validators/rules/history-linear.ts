import type { Push } from '../../format/push.js';
import type { Finding, Rule } from '../rule.js';

export const historyLinear: Rule = {
  id: 'history/linear',
  statement: 'History is whole and linear: one root, one parent a commit, every commit there',
  why: 'Each commit is judged against its parent; with two of them, or one that is missing, there is nothing to judge it by.',
  section: '§1',
  since: 1,
  fixed: true,
  protects: true,
  refuses: { title: 'a merge commit', push: (record) => record.commit({ parent: 'merge', files: { '.gitignore': 'files/\n' } }) },
  accepts: { title: 'two commits, one on the other', push: (record) => record.append().append({ by: 'tom' }) },
  *onPush({ main }) {
    if (main !== undefined) yield* ends(main);
  },
  *onCommit({ commit }) {
    if (commit.parents.length > 1) {
      yield {
        message: `is a merge of ${commit.parents.length} parents; a record's history is a line`,
        help: ['git pull --rebase -S origin main  # puts your commits on top instead'],
      };
    }
  },
};

function* ends({ end }: NonNullable<Push['main']>): Generator<Finding> {
  switch (end.kind) {
    case 'missing':
      yield {
        message: `the history is incomplete: commit ${end.id} is not there`,
        help: ['git fetch --unshallow  # where your clone is shallow; then push again'],
      };
      break;
    case 'not-a-commit':
      yield {
        message: `${end.id} is a ${end.type}, where a commit was expected`,
        help: ['push a commit: git push origin HEAD:refs/heads/main'],
      };
      break;
    case 'too-large':
      yield {
        message: `commit ${end.id} has ${end.size} bytes, more than this host reads`,
        help: ['write a shorter commit message: git commit --amend -S'],
      };
      break;
    case 'too-many':
      yield {
        message: `more than ${end.limit} commits of this push lead to no commit that main is at`,
        help: [
          'where there are so many: push them in parts, oldest first: git push origin <commit>:refs/heads/main',
          'where main was rewritten: git pull --rebase -S origin main',
        ],
      };
      break;
    case 'unrelated':
      if (end.ownRoot && !end.merged) {
        yield {
          message: 'begins a second history with a root of its own; a record has one root',
          help: [
            'git rebase -S --root --onto origin/main  # puts your commits on top instead, without their root where that is empty then',
          ],
        };
      }
      break;
    default:
  }
}
