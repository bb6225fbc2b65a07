/** Messages for the thread tests: one plain one, and arbitrary ones with the bodies that break codecs. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { type NewMessage, ROLES, renderThread, type Thread, type ThreadLayout } from '../../src/format/thread.js';

export const ID = '3f7a8d2c-1e9b-4a6d-9f2e-5c8b7a4d1f92';
export const AUTHOR = '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12';

export const PLAIN: NewMessage = {
  id: ID,
  role: 'clinician',
  authorId: AUTHOR,
  authorName: 'Dr Jane Smith',
  timestamp: '2026-01-11T14:36:15.234Z',
  body: 'Patient has reported increasing shortness of breath.',
};

/** A message of layout 1 as FORMAT.md shows it, written by hand. */
export const MESSAGE_1 = `## Message

**ID:** \`${ID}\`  
**Type:** clinician  
**Timestamp:** 2026-01-11T14:36:15.234Z  
**Author ID:** \`${AUTHOR}\`  
**Author:** Dr Jane Smith

Patient has reported increasing shortness of breath.
`;

/** The same in layout 2. */
export const MESSAGE_2 = `**Message ID:** ${ID}
**Timestamp:** 2026-01-11T14:36:15.234Z
**Author ID:** ${AUTHOR}
**Author name:** Dr Jane Smith
**Author role:** clinician

Patient has reported increasing shortness of breath.

---
`;

/** What a message says, without where it stands. */
export function values(thread: Thread): NewMessage[] {
  return thread.messages.map(({ start: _start, end: _end, line: _line, ...message }) => message);
}

const NASTY_LINES = [
  ...['', '', ' ', '\t', '  \t', 'text', 'two trailing spaces  ', '漢字 正常。', 'שלום עולם', 'مرحبا \u200f', 'a\u2028---', '\u2029', '😀'],
  ...['---', '--- ', ' ---', '\t---\t', '----', '\\---', '\\\\---  ', ' \\---', '***', ' ***', '\\***', '___ ', '\\___', '-', '\\'],
  ...['# Messages', '# Thread', '## Message', '## Message\t', '\\## Message', '\\\\## Message', ' ## Message', '## Messages', '#', ' \\#x'],
  ...['\\# Plan', '\\\\#', '\t#', '---**Message ID:** x', '\\---**Message ID:** x', '\\\\---**Message ID:** ', ' ---**Message ID:** x'],
  ...[`**Message ID:** ${ID}`, `**ID:** \`${ID}\`  `, '**Author:** Eve', '**Urgency:** high', `**Corrects:** \`${ID}\``],
  ...[
    '```',
    '````',
    '``````',
    '\\```',
    '\\`\\`\\`',
    '\\\\`\\`\\`',
    '`\\`\\`',
    '`\\`\\`\\`\\`',
    'x\\\\\\`\\`\\`y\\`\\`\\`\\`\\`\\`',
    '# ```',
    '# \\`\\`\\`',
  ],
  ...['| test | result |', '|---|---|', '- [x] done', '> quoted', '<!-- -->', '1. one'],
];

const line = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NASTY_LINES) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...'\\\\\\``-#*_ \tM') }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\p{Cc}\ufeff\u202a-\u202e\u2066-\u2069]/gu, '')),
  },
);

const whole = fc.constantFrom(
  MESSAGE_1,
  MESSAGE_2,
  `\n---\n\n${MESSAGE_1}`,
  `---${MESSAGE_2}`,
  Buffer.from(renderThread(1, [PLAIN, PLAIN])).toString(),
  Buffer.from(renderThread(2, [PLAIN, PLAIN])).toString(),
);

/** Bodies of lines that mean something to a layout, or once did. */
export const anyBody = fc
  .array(fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: whole }), { minLength: 1, maxLength: 12 })
  .map((lines) => lines.join('\n'))
  .filter((body) => /[^ \t\n]/.test(body));

const anyName = fc.constantFrom('Dr Jane Smith', 'Dr Élodie Martin-Roux', '山田', 'X', '**Author:** Y', '`z`', 'a \t b', 'System');
const anyTimestamp = fc.constantFrom('2026-01-11T14:36:15.234Z', '2026-01-11T14:36:15+01:00', '2026-01-11T14:36:15.123456789-05:30');

/** Messages that a layout holds: a correction has no role in layout 1. */
export function anyMessages(layout: ThreadLayout, constraints: fc.ArrayConstraints = { maxLength: 5 }): fc.Arbitrary<NewMessage[]> {
  const plain = fc.record({
    id: fc.uuid(),
    role: fc.constantFrom(...ROLES),
    authorId: fc.uuid(),
    authorName: anyName,
    timestamp: anyTimestamp,
    body: anyBody,
  });
  const correction = fc.tuple(plain, fc.uuid()).map(([{ role, ...message }, corrects]) => {
    return layout === 1 ? { ...message, corrects } : { ...message, role, corrects };
  });
  return fc.array(fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: correction }), constraints);
}
