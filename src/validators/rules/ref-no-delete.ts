import { isZero, MAIN } from '../../format/push.js';
import type { Rule } from '../rule.js';

export const refNoDelete: Rule = {
  id: 'ref/no-delete',
  statement: 'The branch main is never deleted',
  why: 'A record is irreplaceable: whoever deletes its only branch deletes the record.',
  section: '§1',
  since: 1,
  protects: true,
  refuses: { title: 'main is deleted', push: (record) => record.delete() },
  accepts: { title: 'main moves forward', push: (record) => record.append() },
  *onPush({ updates }) {
    for (const update of updates) {
      if (update.ref !== MAIN || !isZero(update.new)) continue;
      yield {
        message: 'main cannot be deleted, it is the record',
        help: ['to stop further writing instead: vpr status set --lifecycle suspended'],
      };
    }
  },
};
