import { trailer } from '../../format/commit-message.js';
import type { Rule } from '../rule.js';

export const commitMessage: Rule = {
  id: 'commit/message',
  statement: 'A commit message is `<domain>:<action>: <summary>`, a blank line and trailers that say who writes, and where',
  why: 'The message is the line of the record that people read first, years later and without our tools.',
  section: '§6 Message',
  since: 1,
  fixed: true,
  refuses: {
    title: 'a subject without domain and action',
    push: (record) => record.commit({ subject: 'Added message', files: { '.gitignore': 'files/\n' } }),
  },
  accepts: {
    title: 'a subject, a blank line and the required trailers',
    push: (record) => record.append({ trailers: { 'Signed-off-by': 'Dr Jane Smith <jane@example.org>' } }),
  },
  *onCommit({ message, parent }) {
    if (!message.ok) {
      yield* message.faults.map((fault) => ({ ...fault, message: `message: ${fault.message}` }));
      return;
    }
    const { action, domain } = message.value;
    if (action === 'redact') {
      yield { message: 'redacts something, which this version of vpr has no rules for yet (FORMAT.md §7)' };
    }
    if (parent === undefined && action !== 'create') {
      yield {
        message: `is a root commit with the action "${action}"; a record begins with "create"`,
        help: [`git commit --amend -S and write "${domain}:create: …"`],
      };
    }
    if (trailer(message.value, 'Taken-Over') !== undefined) {
      yield {
        message: 'has the trailer Taken-Over, which stands only in the commit that takes an older record over (FORMAT.md §9)',
        help: ['git commit --amend -S and remove the trailer'],
      };
    }
  },
};
