import { Buffer } from 'node:buffer';
import { meaningOf } from '../../format/layout.js';
import { beginsWith, lineAt, textFaults } from '../../format/text.js';
import { mended } from '../mend.js';
import type { Rule } from '../rule.js';

const LF = 0x0a;

/** The first line of a thread in layout 2, which need not end in a newline. */
const LAYOUT_2 = '# Thread';

export const treeText: Rule = {
  id: 'tree/text',
  statement: 'Files are UTF-8 text with LF line ends and a final newline, without control or direction-changing characters',
  why: 'A character that cannot be seen can make a line read as its opposite, or a terminal do what was not typed.',
  section: '§8',
  since: 1,
  refuses: {
    title: 'a message with a right-to-left override',
    push: (record) => record.append({ body: 'dose \u202e05\u202c mg' }),
  },
  accepts: { title: 'a message in Arabic with a right-to-left mark', push: (record) => record.append({ body: 'جرعة\u200f 5 mg' }) },
  *onCommit({ pushed, context }) {
    for (const { path, before, after } of pushed.changes) {
      if (after?.bytes === undefined) continue;
      const finalNewline = path.endsWith('/thread.md') && startsWith(after.bytes, LAYOUT_2) ? 'optional' : 'required';
      // A file that may not be there needs no mending.
      const isOf = meaningOf(context.record?.kind ?? 'coordination', path) !== undefined;
      // A thread grows for years: what stood there before was judged when it came.
      const from = linesKept(before?.bytes, after.bytes);
      for (const fault of textFaults(after.bytes.subarray(from), { finalNewline })) {
        yield {
          ...fault,
          ...(fault.line === undefined ? {} : { line: fault.line + lineAt(after.bytes, from) - 1 }),
          path,
          ...(isOf ? {} : { echoOf: { rule: 'tree/layout', path } }),
          help: [...(fault.help ?? []), mended(path)],
        };
      }
    }
  },
};

/** Where what is new begins in a file that begins with all of its former bytes: a beginning of a line. */
function linesKept(before: Uint8Array | undefined, after: Uint8Array): number {
  if (before === undefined || before.length >= after.length) return 0;
  return beginsWith(after, before) ? before.lastIndexOf(LF) + 1 : 0;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;
}
