import { valueOf } from '../../format/documents.js';
import { withdraw } from '../mend.js';
import type { Rule } from '../rule.js';

export const threadOpen: Rule = {
  id: 'thread/open',
  statement: 'Messages go to open threads; a closing message may close',
  why: 'Nobody watches a closed thread: a message in it would wait for an answer that cannot come.',
  section: '§3 ledger.yaml',
  since: 1,
  refuses: {
    title: 'a message to a thread that an earlier commit closed',
    push: (record) =>
      record
        .commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('status: open', 'status: closed')) } })
        .append(),
  },
  accepts: {
    title: 'a message in the commit that closes the thread',
    push: (record) =>
      record.append({ files: { [`${record.thread}/ledger.yaml`]: (yaml) => yaml.replace('status: open', 'status: closed') } }),
  },
  *onCommit({ threads, pushed }) {
    for (const { ledger, appended, isNew, threadPath: path } of threads) {
      const [first] = appended;
      const status = valueOf(isNew ? ledger.after : ledger.before)?.status;
      if (first === undefined || status === undefined || status === 'open') continue;
      yield {
        path,
        line: first.line,
        message: `appends a message to a thread that is ${status}`,
        help: [...withdraw(pushed, path), 'then continue in a new thread: vpr thread create'],
      };
    }
  },
};
