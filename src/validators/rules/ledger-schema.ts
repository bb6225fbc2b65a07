import type { Rule } from '../rule.js';
import { unread } from '../unread.js';

export const ledgerSchema: Rule = {
  id: 'ledger/schema',
  statement: 'A ledger is strict YAML of the keys and values that FORMAT.md names, and no others',
  why: 'Who is in a conversation, and under what rules, must read the same in every program that opens it.',
  section: '§2, §3 ledger.yaml',
  since: 1,
  fixed: true,
  refuses: {
    title: 'a participant in a role that does not exist',
    push: (record) =>
      record.commit({
        files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('role: patient', 'role: doctor')) },
      }),
  },
  accepts: {
    title: 'a comment is added',
    push: (record) => record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => `# reviewed\n${yaml}`) } }),
  },
  *onCommit({ threads }) {
    for (const { ledger, ledgerPath: path } of threads) {
      if (ledger.after?.file.bytes !== undefined) yield* unread(path, ledger.after);
    }
  },
};
