import type { Rule } from '../rule.js';

export const refFastForward: Rule = {
  id: 'ref/fast-forward',
  statement: 'What is pushed to main descends from what main is',
  why: 'History only grows: a rewritten one would lose what others have read, and acted on.',
  section: '§1',
  since: 1,
  protects: true,
  refuses: { title: 'a history that replaces a commit of main', push: (record) => record.rewrite().append() },
  accepts: { title: 'a commit on top of main', push: (record) => record.append() },
  *onPush({ main }) {
    if (main === undefined || main.old === undefined || main.end.kind !== 'unrelated') return;
    if (main.end.merged) return; // it may descend by another parent: history/linear refuses the merge itself
    yield {
      message: 'what is pushed does not descend from the main of this host, whose commits would be lost',
      help: ['git pull --rebase -S origin main  # puts your commits on top of it', 'git push'],
    };
  },
};
