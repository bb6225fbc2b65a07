import type { Rule } from '../rule.js';

export const commitTime: Rule = {
  id: 'commit/time',
  statement: "A commit's times are not after its receipt, nor before its parent's, beyond the host's allowed skew",
  why: 'Times are how a record is read in order; a wrong clock would put a message before the question it answers.',
  section: '§6 Headers',
  since: 1,
  refuses: {
    title: 'a commit dated an hour from now',
    push: (record) => record.commit({ seconds: 3600, files: { '.gitignore': 'files/\n' } }),
  },
  accepts: { title: 'a clock a minute fast', push: (record) => record.commit({ seconds: 60, files: { '.gitignore': 'files/\n' } }) },
  *onCommit({ commit, parent, context, times }) {
    const skew = Math.floor(context.policy.skewMs / 1000);
    const { author, committer } = commit;
    // Where messages are dated by the same clock, writing them again dates the commit again.
    const echoOf = { rule: 'thread/time' };
    const help = ['set your clock right, then: git commit --amend --no-edit -S --date=now'];
    if (author === undefined || committer === undefined) return;
    if (committer.time * 1000 > times.latest.getTime() + context.policy.skewMs) {
      yield {
        message: `the committer's time ${iso(committer.time)} is in the future; the host has ${times.latest.toISOString()}`,
        echoOf,
        help,
      };
    }
    if (parent?.committer !== undefined && committer.time < parent.committer.time - skew) {
      yield {
        message: `the committer's time ${iso(committer.time)} is before its parent's, ${iso(parent.committer.time)}`,
        help: ['set your clock right, then: git rebase -S --reset-author-date origin/main'],
      };
    }
    if (author.time > committer.time + skew) {
      yield { message: `the author's time ${iso(author.time)} is after the committer's, ${iso(committer.time)}`, echoOf, help };
    }
  },
};

/** Seconds since 1970 as RFC 3339, or as the number where no calendar holds it. */
function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString();
}
