import { valueOf } from '../../format/documents.js';
import { withdraw, writeAgain } from '../mend.js';
import type { Rule } from '../rule.js';

export const threadIds: Rule = {
  id: 'thread/ids',
  statement: 'Each message of a thread has an id that no other message of it has',
  why: 'Corrections and answers point at a message by its id; two messages with one id make them point at either.',
  section: '§3 thread.md',
  since: 1,
  refuses: { title: "a message with an earlier message's id", push: (record) => record.append({ id: record.message }) },
  accepts: { title: 'a message with a fresh id', push: (record) => record.append() },
  *onCommit({ threads, pushed }) {
    for (const step of threads) {
      const { thread, threadPath: path, appended } = step;
      if (appended.length === 0) continue;
      const fresh = new Set(appended.map(({ id }) => id));
      const lines = new Map<string, number>();
      for (const { id, line } of valueOf(thread.after)?.messages ?? []) {
        if (!fresh.has(id)) continue;
        const first = lines.get(id);
        if (first === undefined) lines.set(id, line);
        else {
          yield {
            path,
            line,
            message: `the message id ${id} is already that of the message in line ${first}`,
            help: [...withdraw(pushed, path), `then write it with an id of its own: ${writeAgain(step)}`],
          };
        }
      }
    }
  },
};
