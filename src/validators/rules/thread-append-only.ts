import { valueOf } from '../../format/documents.js';
import { beginsWith } from '../../format/text.js';
import type { ThreadStep } from '../../format/thread-steps.js';
import { mended, shellPath, takeBack } from '../mend.js';
import type { Rule } from '../rule.js';

export const threadAppendOnly: Rule = {
  id: 'thread/append-only',
  statement: "A thread's former bytes stay where they are, read as the same messages, and at least one whole message follows them",
  why: 'What was said was said: a clinician acted on it, and a change would make them answer for words they never read.',
  section: '§3 thread.md',
  since: 1,
  protects: true,
  refuses: {
    title: 'a word of an earlier message is changed',
    push: (record) =>
      record.commit({
        files: {
          [`${record.thread}/thread.md`]: (text) => text.replace('chest X-ray', 'CT'),
          [`${record.thread}/ledger.yaml`]: record.touched(),
        },
      }),
  },
  accepts: { title: 'a correction is appended', push: (record) => record.append({ corrects: record.message, role: 'correction' }) },
  *onCommit({ pushed, threads }) {
    for (const { id, thread, threadPath: path, append } of threads) {
      if (append === undefined || append.ok || !readsOrSaysWhy(thread)) continue;
      const [fault] = append.faults;
      if (fault === undefined) continue;
      const { former, now, help, ...rest } = fault;
      yield {
        ...rest,
        path,
        // A file that is too large was not read: what it begins with is not known.
        echoOf: { rule: 'tree/limits', path },
        content: [
          ...(former === undefined ? [] : [{ sign: '-' as const, text: former }]),
          ...(now === undefined ? [] : [{ sign: '+' as const, text: now }]),
        ],
        help:
          help === undefined
            ? [
                `git show HEAD -- ${shellPath(path)}  # shows what you wrote: keep it`,
                `${takeBack(pushed, path)}  # takes the change back`,
                ...correction(id, thread, former === undefined ? undefined : rest.line),
              ]
            : [...help, mended(path)],
      };
    }
  },
};

/** Whether the new version's own faults, which `thread/format` reports, are not all there is to say. */
function readsOrSaysWhy({ before, after }: ThreadStep['thread']): boolean {
  if (before === undefined || after === undefined || after.reading.ok || !before.reading.ok) return true;
  return !beginsWith(after.bytes, before.bytes);
}

/** The command that corrects the message in a line, where there is one. */
function correction(thread: string, { before }: ThreadStep['thread'], line: number | undefined): string[] {
  if (line === undefined) return [`then add a message instead: vpr thread add ${thread} --message …`];
  const message = valueOf(before)?.messages.findLast((candidate) => candidate.line <= line);
  return message === undefined ? [] : [`then add a correction instead: vpr thread add ${thread} --corrects ${message.id} --message …`];
}
