import { GITIGNORE_CONTENTS, meaningOf, whyNotAllowed } from '../../format/layout.js';
import { AMEND, leaveOut, takeBack } from '../mend.js';
import type { Finding, Rule } from '../rule.js';
import type { Step } from '../step.js';

export const treeLayout: Rule = {
  id: 'tree/layout',
  statement: "Every path is one of the record's layout, and every thread has both its files",
  why: 'A file in a place nobody looks at is text of a patient that nobody reads, checks or finds again.',
  section: '§3, §8',
  since: 1,
  fixed: true,
  protects: true,
  refuses: { title: 'a file of another kind', push: (record) => record.commit({ files: { 'notes.txt': 'call back\n' } }) },
  accepts: { title: 'a new thread with its two files', push: (record) => record.open() },
  *onCommit({ context, pushed, threads }) {
    const kind = context.record?.kind ?? 'coordination';
    for (const { path, before, after } of pushed.changes) {
      if (after === undefined) continue;
      const meaning = meaningOf(kind, path);
      if (meaning === undefined) {
        yield {
          path,
          message: `is not a path of a ${kind} record: ${whyNotAllowed(kind, path)}`,
          help: [before === undefined ? leaveOut(pushed, path) : takeBack(pushed, path)],
        };
      } else if (meaning.kind === 'gitignore' && !GITIGNORE_CONTENTS.includes(text(after.bytes))) {
        yield {
          path,
          message: 'has other contents than the one line "files/"',
          help: [before === undefined ? `printf 'files/\\n' > .gitignore && git add .gitignore && ${AMEND}` : takeBack(pushed, path)],
        };
      }
    }
    for (const { kind: fault, path, message } of pushed.treeFaults) {
      if (LAYOUT_FAULTS.has(fault)) yield { path, message };
    }
    yield* halfThreads(threads);
  },
};

const LAYOUT_FAULTS: ReadonlySet<string> = new Set(['missing', 'unreadable', 'name', 'order', 'empty']);

function* halfThreads(threads: Step['threads']): Generator<Finding> {
  for (const { thread, ledger, threadPath, ledgerPath } of threads) {
    const missing = thread.after === undefined ? threadPath : ledger.after === undefined ? ledgerPath : undefined;
    if (missing === undefined) continue;
    yield {
      path: missing,
      message: 'is missing: a thread has thread.md and ledger.yaml after every commit',
      echoOf: { rule: 'record/no-removal', path: missing },
      help: ['make threads with: vpr thread create'],
    };
  }
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');
}
