import { valueOf } from '../../format/documents.js';
import { parseUuid } from '../../format/identifiers.js';
import { drop, takeBack } from '../mend.js';
import type { Rule } from '../rule.js';

const PATH = 'COORDINATION_STATUS.yaml';

export const recordIdentity: Rule = {
  id: 'record/identity',
  statement: 'The root commit carries the status file with the registered id, and the ids in it never change',
  why: "A signed root commit verifies anywhere: without this, another patient's history could be replayed into an empty repository.",
  section: '§1, §3',
  since: 1,
  protects: true,
  needs: ['record'],
  refuses: {
    title: "another record's id in the root commit",
    push: (record) => record.begin((yaml) => yaml.replace(record.id, record.otherId)),
  },
  accepts: { title: 'the registered id in the root commit', push: (record) => record.begin() },
  *onCommit({ context, parent, pushed, status }) {
    const after = valueOf(status.after);
    const before = valueOf(status.before);
    if (parent === undefined && status.after === undefined) {
      yield {
        message: `is a root commit without ${PATH}`,
        path: PATH,
        help: [drop(pushed), 'then begin the record with: vpr init coordination'],
      };
    }
    if (after === undefined) return;
    if (parseUuid(after.coordination_id) !== context.record?.id) {
      yield {
        message: `coordination_id is not the id this repository is registered with, ${context.record?.id}`,
        path: PATH,
        help: before === undefined ? ['check which record this clone is of: git remote -v'] : [takeBack(pushed, PATH)],
      };
    }
    if (before !== undefined && parseUuid(before.clinical_id) !== parseUuid(after.clinical_id)) {
      yield { message: 'changes clinical_id, which is fixed once written', path: PATH, help: [takeBack(pushed, PATH)] };
    }
  },
};
