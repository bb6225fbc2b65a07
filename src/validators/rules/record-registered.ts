import { isZero } from '../../format/push.js';
import type { Rule } from '../rule.js';

/** Kinds of record whose rules exist (FORMAT.md §7: hosts take only those). */
const KINDS: ReadonlySet<string> = new Set(['coordination']);

/** Hex digits of a SHA-1 id, the object format of this version (FORMAT.md §1). */
const SHA1_DIGITS = 40;

export const recordRegistered: Rule = {
  id: 'record/registered',
  statement: 'The repository is registered on its host, of a kind and an object format that has rules',
  why: 'The registered id is what ties a history to one patient; without it any history would fit any repository.',
  section: '§1',
  since: 1,
  fixed: true,
  refuses: { title: 'a push to a repository nobody registered', push: (record) => record.append().forget('registration') },
  accepts: { title: 'a push to a registered coordination record', push: (record) => record.append() },
  *onPush({ updates }, { record }) {
    if (record === undefined) {
      yield {
        message: 'this repository is not registered as a record on this host',
        help: ["the host's administrator registers one with: vpr host add DIR coordination"],
      };
    } else if (!KINDS.has(record.kind)) {
      yield {
        message: `this repository is registered as a ${record.kind} record, for which this version of vpr has no rules yet`,
        help: ['nothing can be pushed to it until a version with those rules is installed on the host'],
      };
    }
    if (updates.some((update) => (isZero(update.new) ? update.old : update.new).length !== SHA1_DIGITS)) {
      yield {
        message: 'this repository has the SHA-256 object format, which comes in a later version of the record format',
        help: ['make the record in a repository of the SHA-1 format: git init --object-format=sha1'],
      };
    }
  },
};
