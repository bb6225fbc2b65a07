import { shellWord } from '../../format/shell.js';
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
      record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched((yaml) => yaml.replace('status: open', 'status: archived')) } }),
  },
  *onCommit({ pushed }) {
    for (const { path, before, after } of pushed.changes) {
      if (before === undefined || after !== undefined) continue;
      yield {
        path,
        message: 'disappears; nothing leaves a record',
        help: [
          `git restore --source HEAD~1 --staged --worktree ${shellWord(path)} && git commit --amend --no-edit -S`,
          ...(path.endsWith('thread.md') ? ['to close a thread instead: vpr ledger set THREAD --status archived'] : []),
        ],
      };
    }
  },
};
