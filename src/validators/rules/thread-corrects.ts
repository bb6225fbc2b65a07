import { valueOf } from '../../format/documents.js';
import { withdraw } from '../mend.js';
import type { Rule } from '../rule.js';

export const threadCorrects: Rule = {
  id: 'thread/corrects',
  statement: 'A correction names an earlier message of the same thread',
  why: 'A correction of nothing is a statement without its context, and the wrong message keeps standing uncorrected.',
  section: '§3 thread.md',
  since: 1,
  refuses: {
    title: 'a correction of a message that is not in the thread',
    push: (record) => record.append({ corrects: record.otherId, role: 'correction' }),
  },
  accepts: {
    title: 'a correction of the first message',
    push: (record) => record.append({ corrects: record.message, role: 'correction' }),
  },
  *onCommit({ threads, pushed }) {
    for (const { id, thread, threadPath: path, appended } of threads) {
      if (!appended.some(({ corrects }) => corrects !== undefined)) continue;
      const fresh = new Set(appended);
      const earlier = new Set<string>();
      for (const message of valueOf(thread.after)?.messages ?? []) {
        if (message.corrects !== undefined && fresh.has(message) && !earlier.has(message.corrects)) {
          yield {
            path,
            line: message.line,
            message: `corrects ${message.corrects}, which is no earlier message of this thread`,
            help: [
              ...withdraw(pushed, path),
              `vpr thread show ${id}  # lists its messages and their ids`,
              `then write it again: vpr thread add ${id} --corrects … --message …`,
            ],
          };
        }
        earlier.add(message.id);
      }
    }
  },
};
