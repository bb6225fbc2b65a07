import { mended } from '../mend.js';
import type { Rule } from '../rule.js';

export const threadFormat: Rule = {
  id: 'thread/format',
  statement: 'A thread reads as whole messages, in the layout it began with',
  why: 'Text that belongs to no message has no author, no time and no place in what people are shown.',
  section: '§3 thread.md',
  since: 1,
  fixed: true,
  refuses: {
    title: 'a message without its Author line',
    push: (record) =>
      record.append({
        files: { [`${record.thread}/thread.md`]: (text) => text.replace(/\*\*Author:\*\* .*\n(?![\s\S]*\*\*Author:)/, '') },
      }),
  },
  accepts: {
    title: 'a message with a table, a rule and a heading in it',
    push: (record) => record.append({ body: '# Plan\n\n| test | result |\n|---|---|\n\n---\n\n## Message' }),
  },
  *onCommit({ threads }) {
    for (const { thread, threadPath: path } of threads) {
      if (thread.after?.file.bytes === undefined) continue; // tree/limits
      const { reading } = thread.after;
      if (!reading.ok) yield* reading.faults.map((fault) => ({ ...fault, path, help: [...(fault.help ?? []), mended(path)] }));
      else if (thread.before?.reading.ok === true && thread.before.reading.value.layout !== reading.value.layout) {
        yield {
          path,
          line: 1,
          message: `changes the layout of the thread from ${thread.before.reading.value.layout} to ${reading.value.layout}`,
        };
      }
    }
  },
};
