import { differs, valueOf } from '../documents.js';
import { firstDifference } from '../lines.js';
import type { Finding, Rule } from '../rule.js';
import { sameMessage, type ThreadStep } from '../threads.js';

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
  *onCommit({ threads }) {
    for (const step of threads) if (step.thread.before !== undefined && step.thread.after !== undefined && differs(step.thread)) yield* compare(step);
  },
};

function* compare({ thread, threadPath: path }: ThreadStep): Generator<Finding> {
  const { before, after } = thread;
  if (before === undefined || after === undefined) return;
  const changed = firstDifference(before.bytes, after.bytes);
  if (changed !== undefined) {
    yield {
      path,
      line: changed.line,
      message: 'changes text that is already part of the record',
      content: [
        { sign: '-', text: changed.before },
        ...(changed.after === undefined ? [] : [{ sign: '+' as const, text: changed.after }]),
      ],
      help: [...correction(thread, changed.offset), `take the change back: git restore --source HEAD~1 ${path} && git commit --amend --no-edit -S`],
    };
    return;
  }
  const old = valueOf(before)?.messages ?? [];
  const now = valueOf(after)?.messages;
  if (now === undefined) return; // thread/format says why it does not read
  const grown = old.findIndex((message, index) => {
    const same = now[index];
    return same === undefined || !sameMessage(message, same);
  });
  if (grown !== -1) {
    yield {
      path,
      ...(old[grown] === undefined ? {} : { line: old[grown].line }),
      message: 'adds text to a message that is already part of the record; a new message begins with its own header',
      help: ['add a message instead: vpr thread add THREAD --message …'],
    };
  } else if (now.length === old.length) {
    yield { path, message: 'adds text that is no message', help: ['add a message instead: vpr thread add THREAD --message …'] };
  }
}

/** The command that corrects the message at a byte offset, where there is one. */
function correction({ before }: ThreadStep['thread'], offset: number): string[] {
  const message = valueOf(before)?.messages.findLast(({ start }) => start <= offset);
  return message === undefined ? [] : [`add a correction instead: vpr thread add THREAD --corrects ${message.id} --message …`];
}
