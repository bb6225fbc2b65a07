import type { PushedCommit } from '../../format/push.js';
import { takeBack } from '../mend.js';
import type { Rule } from '../rule.js';

export const recordNoRemoval: Rule = {
  id: 'record/no-removal',
  statement: 'No file disappears or is renamed',
  why: 'A record only grows: what somebody relied on must still be there for whoever asks why.',
  section: '§3, §7',
  since: 1,
  protects: true,
  refuses: {
    title: 'a thread is deleted',
    push: (record) => record.commit({ files: { [`${record.thread}/thread.md`]: null, [`${record.thread}/ledger.yaml`]: null } }),
  },
  accepts: {
    title: 'a thread is archived instead',
    push: (record) =>
      record.commit({
        files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('status: open', 'status: archived')) },
      }),
  },
  *onCommit({ pushed }) {
    const gone = pushed.changes.flatMap(({ path, before, after }) => (before !== undefined && after === undefined ? path : []));
    const moved = movedTo(pushed, gone);
    for (const path of gone) {
      yield {
        path,
        message: 'disappears; nothing leaves a record',
        help: [
          takeBack(pushed, path, [...gone, ...moved]),
          ...(path.endsWith('thread.md') ? ['to close a thread instead: vpr ledger set THREAD --status archived'] : []),
        ],
      };
    }
  },
};

/** New files with the contents of files that are gone: the other halves of renames. */
function movedTo({ changes }: PushedCommit, gone: readonly string[]): string[] {
  const contents = new Set(changes.flatMap(({ path, before }) => (gone.includes(path) ? (before?.id ?? []) : [])));
  return changes.flatMap(({ path, before: former, after }) =>
    former === undefined && after !== undefined && contents.has(after.id) ? path : [],
  );
}
