import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { readYaml, type YamlNode } from '../../src/format/yaml.js';
import { editYaml, type YamlEdit } from '../../src/format/yaml-edit.js';
import { nodeAt } from '../../src/format/yaml-place.js';
import { bytes, LEDGER_EXAMPLE, text, VPR_LEDGER, valueOf } from './format-page.js';

const edit = (source: string, ...edits: YamlEdit[]): string => text(editYaml(bytes(source), edits));
const SAM = { participant_id: '1e2feb89-414c-443c-9027-c4d1c386bbc4', role: 'clinician', display_name: 'Sam Okoro' };

t.test("the format page's ledger: values change, all else stays", async (t) => {
  const now = '2026-01-12T08:00:00.000Z';
  t.equal(edit(LEDGER_EXAMPLE, { path: ['last_updated_at'], value: now }), LEDGER_EXAMPLE.replace('2026-01-11T15:10:04.912Z', now));
  t.equal(edit(LEDGER_EXAMPLE, { path: ['status'], value: 'closed' }), LEDGER_EXAMPLE.replace('open  ', 'closed  '), 'the comment stays');
  t.equal(
    edit(LEDGER_EXAMPLE, { path: ['visibility', 'restricted'], value: true }),
    LEDGER_EXAMPLE.replace('restricted: false', 'restricted: true'),
  );
});

t.test('participants are added in the way the list is written', async (t) => {
  const added = (indent: string) =>
    `${indent}- participant_id: ${SAM.participant_id}\n${indent}  role: clinician\n${indent}  display_name: Sam Okoro\n`;
  t.equal(
    edit(LEDGER_EXAMPLE, { path: ['participants', 1], value: SAM }),
    LEDGER_EXAMPLE.replace('visibility:', `${added('  ')}visibility:`),
    'indented',
  );
  t.equal(
    edit(VPR_LEDGER, { path: ['participants', 2], value: SAM }),
    VPR_LEDGER.replace('visibility:', `${added('')}visibility:`),
    'not indented',
  );
});

t.test('participants are removed with their lines', async (t) => {
  const ada = '- participant_id: 35bf992d-c9e9-4616-a12e-7696a6cecc1b\n  display_name: Ada Jones\n  role: patient\n';
  const jane = '- participant_id: cd613e30-d8f1-4adf-91b7-584a2265b1f5\n  display_name: Dr Jane Smith\n  role: clinician\n';
  t.equal(edit(VPR_LEDGER, { path: ['participants', 1], value: undefined }), VPR_LEDGER.replace(ada, ''));
  t.equal(edit(VPR_LEDGER, { path: ['participants', 0], value: undefined }), VPR_LEDGER.replace(jane, ''));
  const none = edit(VPR_LEDGER, { path: ['participants', 0], value: undefined }, { path: ['participants', 0], value: undefined });
  t.equal(none, VPR_LEDGER.replace(`participants:\n${jane}${ada}`, 'participants: []\n'));
  t.equal(edit(none, { path: ['participants', 0], value: { a: 'b' } }), none.replace('[]', '[{ a: b }]'), 'and added to an empty list');
});

const CASES: readonly [name: string, before: string, edits: YamlEdit[], after: string][] = [
  ['a key is added behind the last', 'a: 1\nb: 2 # c\n# end\n', [{ path: ['c'], value: 'x' }], 'a: 1\nb: 2 # c\nc: x\n# end\n'],
  [
    'a key is added to a nested mapping',
    'a:\n  b: 1\n  # deep\nc: 2\n',
    [{ path: ['a', 'd'], value: 'x' }],
    'a:\n  b: 1\n  d: x\n  # deep\nc: 2\n',
  ],
  ['an item keeps its comment', 'a:\n- b: 1\n  # of b\nc: 2\n', [{ path: ['a', 1], value: 'x' }], 'a:\n- b: 1\n  # of b\n- x\nc: 2\n'],
  ['a key is taken away', 'a: 1 # one\nb: 2 # two\nc: 3\n', [{ path: ['b'], value: undefined }], 'a: 1 # one\nc: 3\n'],
  ['comments above what goes stay', 'a: 1\n# on b\nb: 2\n', [{ path: ['b'], value: undefined }], 'a: 1\n# on b\n'],
  ['the key on the dash goes', '- a: 1\n  b: 2\n- c: 3\n', [{ path: [0, 'a'], value: undefined }], '- b: 2\n- c: 3\n'],
  ['a key that is not there', 'a: 1\n', [{ path: ['b'], value: undefined }], 'a: 1\n'],
  ['without a final newline', 'a: 1\nb: 2', [{ path: ['c'], value: 'x' }], 'a: 1\nb: 2\nc: x\n'],
  ['a value where none was', 'a: # why\nb: 2\n', [{ path: ['a'], value: 'x' }], 'a: x # why\nb: 2\n'],
  ['in brackets', 'a: [1, 2]\n', [{ path: ['a', 2], value: 'x, y' }], 'a: [1, 2, "x, y"]\n'],
  ['out of brackets', 'a: [1, 2, 3]\n', [{ path: ['a', 1], value: undefined }], 'a: [1, 3]\n'],
  ['first out of brackets', 'a: [1, 2, 3]\n', [{ path: ['a', 0], value: undefined }], 'a: [2, 3]\n'],
  ['last out of brackets', 'a: [1]\n', [{ path: ['a', 0], value: undefined }], 'a: []\n'],
  ['in braces', 'a: { b: 1 }\n', [{ path: ['a', 'c'], value: true }], 'a: { b: 1, c: true }\n'],
  ['a list becomes another', 'a:\n- 1\n- 2 # two\nb: 3\n', [{ path: ['a'], value: ['x'] }], 'a:\n- x # two\nb: 3\n'],
  ['a list becomes a text', 'a: # list\n  - 1\nb: 3\n', [{ path: ['a'], value: 'x' }], 'a: x\nb: 3\n'],
  ['a text becomes a mapping', 'a: 1\nb: 3\n', [{ path: ['a'], value: { c: { d: 'x' } } }], 'a:\n  c:\n    d: x\nb: 3\n'],
  ['an item becomes a mapping', 'a:\n  - 1\n  - 2\n', [{ path: ['a', 0], value: { c: 'x', d: 'z' } }], 'a:\n  - c: x\n    d: z\n  - 2\n'],
];

t.test('small edits', async (t) => {
  for (const [name, before, edits, after] of CASES) t.equal(edit(before, ...edits), after, name);
});

t.test('quotes are kept where they can be, and set where they must be', async (t) => {
  const value = (source: string, to: string) => edit(`a: ${source} # c\n`, { path: ['a'], value: to }).replace(/^a: | # c\n$/g, '');
  t.equal(value('x', 'Dr Jane Smith'), 'Dr Jane Smith');
  t.equal(value('"x"', 'Dr Jane Smith'), '"Dr Jane Smith"');
  t.equal(value("'x'", "O'Neill"), "'O''Neill'");
  t.equal(value("'x'", 'a\u202eb'), '"a\\u202eb"');
  t.equal(value('x', 'Ward: 3'), '"Ward: 3"');
  t.equal(value('x', 'Ward #3'), '"Ward #3"');
  t.equal(value('x', 'a#b:c'), 'a#b:c');
  for (const odd of [
    '',
    ' x',
    'x ',
    '- x',
    '*x',
    '&x',
    '!x',
    '%x',
    '@x',
    '`x',
    '"x',
    "'x",
    '[x',
    '{x',
    'x:',
    '?',
    '~',
    '---',
    '...',
    '|',
    '>',
    '#x',
  ]) {
    t.equal(value('x', odd), JSON.stringify(odd), odd);
  }
  for (const guessed of [
    'true',
    'No',
    'null',
    '12',
    '1.0',
    '0x1f',
    '12e45600',
    '0o7',
    '1:30',
    '.5',
    '-1',
    '12e45600123412341234123412341234',
  ]) {
    t.equal(value('x', guessed), `"${guessed}"`, `${guessed} stays a text for readers that guess`);
  }
});

t.test('what cannot be edited is said, never done', async (t) => {
  const refused = { code: 'yaml/not-editable' };
  t.throws(() => edit('a: [', { path: ['a'], value: 'x' }), refused, 'a file that does not read');
  t.throws(() => edit('a: 1\n', { path: [], value: 'x' }), refused);
  t.throws(() => edit('a: 1\n', { path: ['b', 'c'], value: 'x' }), refused);
  t.throws(() => edit('a: [1]\n', { path: ['a', 2], value: 'x' }), refused);
  t.throws(() => edit('a: [1]\n', { path: ['a', -1], value: 'x' }), refused);
  t.throws(() => edit('? a\n: 1\n', { path: ['b'], value: 'x' }), refused, 'where a key cannot stand beside explicit ones');
});

/** Where comments, blank lines and any way of writing a mapping are mixed. */
const scalar = fc.oneof(fc.constantFrom('a', 'b c', '1', 'true', '"q: #"', "'s'", '"\\u00e9"'), fc.stringMatching(/^[a-z]{1,6}$/));
const comment = fc.constantFrom('', '', ' # c', '   # a: b');
const inline = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
);
const mapping = (keys: number, value: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(value, comment, fc.constantFrom('', '', '\n', '# note\n')), { minLength: 1, maxLength: keys });
const document = fc
  .record({
    top: mapping(3, inline),
    items: fc.array(mapping(3, inline), { minLength: 1, maxLength: 3 }),
    indented: fc.boolean(),
    inner: mapping(2, inline),
    newline: fc.boolean(),
  })
  .map(({ top, items, indented, inner, newline }) => {
    const pad = indented ? '  ' : '';
    const lines = (entries: (readonly [string, string, string])[], indent: string, dash = '') =>
      entries.map(([value, note, above], index) => {
        const lead = dash !== '' && index === 0 ? dash : indent;
        return `${index === 0 ? '' : above.replace('# note', `${indent}# note`)}${lead}k${index}: ${value}${note}\n`;
      });
    const whole = [
      ...lines(top, ''),
      'list:\n',
      ...items.flatMap((entries) => lines(entries, `${pad}  `, `${pad}- `)),
      'map: # of them\n',
      ...lines(inner, '   '),
    ].join('');
    return newline ? whole : whole.slice(0, -1);
  });
const written = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('x: y', 'a #b', '', '- a', 'true', '\ud800', '\u2028', 'a\nb', '\t', "it's", '"', '\\', '007'),
  fc.boolean(),
);
const value = fc.oneof(
  written,
  fc.constant(undefined),
  fc.array(written, { maxLength: 2 }),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), written, { maxKeys: 3, noNullPrototype: true }),
);
const path = fc.oneof(
  fc.constantFrom('k0', 'k1', 'k9', 'list', 'map').map((key) => [key]),
  fc.nat(3).map((index) => ['list', index]),
  fc.tuple(fc.nat(2), fc.constantFrom('k0', 'k1', 'k2', 'new')).map(([index, key]) => ['list', index, key]),
  fc.constantFrom('k0', 'k1', 'new').map((key) => ['map', key]),
);

function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'sequence') return node.items.map((item) => plain(item.value));
  return Object.fromEntries(node.entries.map((entry) => [entry.key.text, plain(entry.value)]));
}

t.test('after any edit the file reads as edited, other readers agree, and the rest of its bytes are as they were', async (t) => {
  let edited = 0;
  fc.assert(
    fc.property(document, path, value, (source, where, to) => {
      const before = valueOf(readYaml(bytes(source)));
      let result: string;
      try {
        result = edit(source, { path: where, value: to });
      } catch (error) {
        // Places that don't exist; editYaml itself reads each result again and throws where it isn't right.
        return (error as { code?: string }).code === 'yaml/not-editable' && impossible(plain(before.root), where);
      }
      edited += 1;
      const after = valueOf(readYaml(bytes(result)));
      const agreed = JSON.stringify(plain(after.root)) === JSON.stringify(parse(result, { schema: 'failsafe' }));
      return agreed && restIsKept(source, result, nodeAt(before.root, where), to);
    }),
    { numRuns: 3000 },
  );
  t.ok(edited > 1000, `${edited} edits were made`);
});

/** Only what the edit is about differs: nothing is lost when adding, nothing new comes when removing. */
function restIsKept(source: string, result: string, old: YamlNode | undefined, to: unknown): boolean {
  if (old?.kind === 'scalar' && old.start < old.end && typeof to !== 'object' && to !== undefined) {
    return result.startsWith(source.slice(0, old.start)) && result.endsWith(source.slice(old.end));
  }
  let prefix = 0;
  while (prefix < source.length && source[prefix] === result[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < source.length - prefix && suffix < result.length - prefix && source.at(-1 - suffix) === result.at(-1 - suffix))
    suffix += 1;
  if (old === undefined) return prefix + suffix === source.length || to === undefined;
  if (to !== undefined) return true;
  return prefix + suffix === result.length || /^ ?[[{]?[\]}]?$/.test(result.slice(prefix, result.length - suffix));
}

function impossible(root: unknown, where: readonly (string | number)[]): boolean {
  const parent = where
    .slice(0, -1)
    .reduce<unknown>((at, step) => (typeof at === 'object' ? (at as Record<string | number, unknown> | null)?.[step] : undefined), root);
  if (typeof parent !== 'object' || parent === null) return true;
  return Array.isArray(parent) && Number(where.at(-1)) > parent.length;
}
