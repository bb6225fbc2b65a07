import { leaveOut } from '../mend.js';
import type { Rule } from '../rule.js';

const ROOT_FILES: ReadonlySet<string> = new Set(['COORDINATION_STATUS.yaml', '.gitignore']);

export const commitEmpty: Rule = {
  id: 'commit/empty',
  statement: 'Every commit but the root changes a file; the root holds the status file and, if wanted, .gitignore',
  why: 'A commit that changes nothing says something happened where nothing did; a root with more would carry files no rule compared with anything.',
  section: '§1',
  since: 1,
  refuses: { title: 'a commit that changes nothing', push: (record) => record.commit({}) },
  accepts: {
    title: 'a root commit with the status file and .gitignore',
    push: (record) => record.begin((yaml) => yaml, { '.gitignore': 'files/\n' }),
  },
  *onCommit({ parent, pushed }) {
    if (parent !== undefined) {
      if (pushed.changes.length === 0 && pushed.treeFaults.length === 0) {
        yield { message: 'changes no file', help: ['git rebase -S --no-ff --no-keep-empty origin/main  # leaves it out'] };
      }
      return;
    }
    for (const { path } of pushed.changes) {
      if (ROOT_FILES.has(path)) continue;
      yield {
        message: 'is a root commit with more than the status file and .gitignore',
        path,
        help: [leaveOut(pushed, path), 'then add it in a second commit'],
      };
    }
  },
};
