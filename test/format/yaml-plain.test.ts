/** Plain YAML is read at a glance, and exactly as the parser reads it. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { parsed } from '../../src/format/yaml.js';
import { plainTree } from '../../src/format/yaml-plain.js';
import { LEDGER_EXAMPLE, STATUS_EXAMPLE, VPR_LEDGER } from './format-page.js';

/** What is read at a glance the parser reads too, as the same tree with the same places. */
function agrees(text: string): boolean {
  const tree = plainTree(text);
  if (tree === undefined) return true;
  const reading = parsed(text, () => 1);
  return reading.ok && isDeepStrictEqual(reading.value.root, tree);
}

const WHOLE = [
  LEDGER_EXAMPLE,
  STATUS_EXAMPLE,
  VPR_LEDGER,
  'a: b\n',
  '- a\n- b: c\n  d: "e # f: g"\n- h\n',
  'a:\n- b\n- c:\n  - d\n  e: f\ng: h:i # j\n',
  'a: "b c"\nb: ""\nc: it\'s 100%, [so] {far}\n',
];

t.test('the files of a record are, as FORMAT.md has them and as other programs write them', async (t) => {
  for (const text of WHOLE) {
    t.not(plainTree(text), undefined, text);
    t.ok(agrees(text), text);
  }
});

/** Each is YAML that is left to the parser, or none. */
const LEFT = [
  '',
  'a\n',
  'a: b',
  'a:\n',
  'a:\nb: c\n',
  'a: b\na: c\n',
  'a: b\n  c\n',
  'a: b\n  c: d\n',
  '  a: b\nc: d\n',
  'a:\n    b: c\n  d: e\n',
  '- a: b\n c: d\n',
  '- a: b\n   c: d\n',
  '- a\nb: c\n',
  'a: b: c\n',
  'a: b #c\n#d\n',
  'a: b# c\n',
  'a: |\n  b\n',
  "a: 'b'\n",
  'a: "b\\n"\n',
  'a: "b" c\n',
  'a: [b]\n',
  'a: -1\n',
  'a: b \tc\n',
  'a:b\n',
  'A: b\n',
  '---\na: b\n',
  'a: b\n...\n',
  'a: b\r\n',
  `${Array.from({ length: 12 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')}${' '.repeat(12)}a: b\n`,
  'a: b\n'.repeat(2),
  `${'a'.repeat(1100)}: b\n`, // longer than YAML lets a key be
  Array.from({ length: 2000 }, (_, index) => `k${index}: v\n`).join(''),
];

t.test('anything else is left to the parser', async (t) => {
  for (const text of LEFT) t.equal(plainTree(text), undefined, JSON.stringify(text.slice(0, 80)));
});

/** What stands in a line of its own kind, and what must not. */
const PIECES = ['a', 'b_1', 'null', 'true', '- ', '-', ':', ': ', ' ', '  ', '    ', '\n', '\n  ', '\n- ', '#', ' # c', '"', "'", '"x y"'];
const MARKS = [
  '\\',
  '[',
  ']',
  '{',
  '}',
  ',',
  '|',
  '>',
  '&',
  '*',
  '!',
  '%',
  '@',
  '?',
  '? ',
  '~',
  '<<',
  '---',
  '...',
  '\t',
  '\r',
  '\u00a0',
  '\u2028',
  'é',
  '0x1',
];

t.test('whatever the text is, the parser reads no other tree', async (t) => {
  const texts = fc.array(fc.constantFrom(...PIECES, ...MARKS), { maxLength: 24 }).map((pieces) => `${pieces.join('')}\n`);
  fc.assert(fc.property(texts, agrees), { numRuns: 20_000 });
  const line = fc.tuple(
    fc.constantFrom('', '  ', '    ', '- ', '  - ', '    - ', '      '),
    fc.constantFrom('a:', 'b:', 'c_d:', 'e', 'a: b', 'b: "c: d"', 'c: d:e # f', 'd: g  h', '"x"'),
  );
  const lines = fc.array(line, { minLength: 1, maxLength: 9 }).map((all) => all.map((parts) => `${parts.join('')}\n`).join(''));
  let read = 0;
  const counting = (text: string): boolean => {
    if (plainTree(text) !== undefined) read += 1;
    return agrees(text);
  };
  fc.assert(fc.property(lines, counting), { numRuns: 20_000 });
  t.ok(read > 200, `${read} of them were plain`);
});

t.test('a file of a record in which anything was changed', async () => {
  const mark = fc.constantFrom(...PIECES, ...MARKS);
  const changed = fc
    .tuple(fc.constantFrom(...WHOLE), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), mark), { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) =>
      changes.reduce((now, [at, length, put]) => {
        const from = at % now.length;
        return now.slice(0, from) + put + now.slice(from + length);
      }, text),
    );
  fc.assert(fc.property(changed, agrees), { numRuns: 20_000 });
});
