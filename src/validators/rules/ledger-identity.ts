import { valueOf } from '../../format/documents.js';
import { parseInstant } from '../../format/instant.js';
import { mended } from '../mend.js';
import type { Rule } from '../rule.js';

export const ledgerIdentity: Rule = {
  id: 'ledger/identity',
  statement: "communication_id is the directory's name; it and created_at never change",
  why: 'Whoever refers to a thread refers to its id; one that changes, or stands in two places, refers to another conversation.',
  section: '§3 ledger.yaml',
  since: 1,
  refuses: {
    title: 'created_at is changed',
    push: (record) =>
      record.commit({
        files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace(/^created_at: ..../m, 'created_at: 2001')) },
      }),
  },
  accepts: { title: 'a message moves last_updated_at alone', push: (record) => record.append() },
  *onCommit({ threads }) {
    for (const { ledger, id, ledgerPath: path } of threads) {
      const after = valueOf(ledger.after);
      const before = valueOf(ledger.before);
      if (after === undefined) continue;
      if (after.communication_id !== id) {
        // What a directory that was renamed needs is its former name.
        const echoOf = { rule: 'record/no-removal', path: `communications/${after.communication_id}/ledger.yaml` };
        yield {
          path,
          message: `communication_id is not the name of the directory, ${id}`,
          echoOf,
          help: [`write: communication_id: ${id}`, mended(path)],
        };
      }
      if (before !== undefined && parseInstant(before.created_at) !== parseInstant(after.created_at)) {
        yield {
          path,
          message: 'changes created_at, which is fixed once written',
          help: [`write: created_at: ${before.created_at}`, mended(path)],
        };
      }
    }
  },
};
