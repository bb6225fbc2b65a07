import type { Rule } from '../rule.js';

export const commitHeaders: Rule = {
  id: 'commit/headers',
  statement: 'A commit has the headers tree, at most one parent, author, committer and gpgsig, in that order, and nothing else',
  why: 'A header that no reader expects is a place to hide bytes in, or to make two readers see two commits.',
  section: '§6 Headers',
  since: 1,
  fixed: true,
  protects: true,
  refuses: {
    title: 'a commit that declares another encoding',
    push: (record) =>
      record.commit({ files: { '.gitignore': 'files/\n' }, unsigned: (commit) => commit.replace('\n\n', '\nencoding ISO-8859-1\n\n') }),
  },
  accepts: { title: 'the five headers', push: (record) => record.append() },
  *onCommit({ commit }) {
    yield* commit.faults;
  },
};
