import { valueOf } from '../../format/documents.js';
import type { Ledger } from '../../format/ledger.js';
import { mended, takeBack } from '../mend.js';
import type { Rule } from '../rule.js';

const NEXT: Readonly<Record<Ledger['status'], readonly Ledger['status'][]>> = {
  open: ['open', 'closed', 'archived'],
  closed: ['closed', 'archived'],
  archived: ['archived'],
};

export const ledgerTransition: Rule = {
  id: 'ledger/transition',
  statement: 'A new thread is open; open becomes closed or archived, closed becomes archived, and nothing else',
  why: 'A thread that was closed was closed by somebody for a reason; what follows belongs into a new one that says so.',
  section: '§3 ledger.yaml',
  since: 1,
  refuses: {
    title: 'a thread is begun closed',
    push: (record) => record.open({ ledger: (yaml) => yaml.replace('status: open', 'status: closed'), body: null }),
  },
  accepts: {
    title: 'an open thread is closed',
    push: (record) =>
      record.commit({
        files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('status: open', 'status: closed')) },
      }),
  },
  *onCommit({ threads, pushed }) {
    for (const { ledger, isNew, threadPath, ledgerPath: path } of threads) {
      const after = valueOf(ledger.after)?.status;
      const before = valueOf(ledger.before)?.status;
      if (after === undefined) continue;
      if (isNew && after !== 'open') {
        yield { path, message: `begins the thread as ${after}; a new thread is open`, help: ['write: status: open', mended(path)] };
      } else if (before !== undefined && !NEXT[before].includes(after)) {
        yield {
          path,
          message: `changes the status from ${before} to ${after}, which there is no way back to`,
          help: [`${takeBack(pushed, path, [threadPath])}  # takes the change back`, 'then continue in a new thread: vpr thread create'],
        };
      }
    }
  },
};
