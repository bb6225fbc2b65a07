import fc from 'fast-check';
import t from 'tap';
import { MAX_YAML_BYTES, readYaml, type YamlNode } from '../../src/format/yaml.js';
import { bytes, faultsOf, LEDGER_EXAMPLE, VPR_LEDGER, valueOf } from './format-page.js';

/** The document as plain data, with every scalar as `style:text`. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return `${node.style}:${node.text}`;
  if (node.kind === 'sequence') return node.items.map(({ value }) => plain(value));
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plain(value)]));
}

t.test('scalars are text, with the style they are written in', async (t) => {
  const document = valueOf(readYaml(bytes("a: true\nb: \"true\"\nc: 'it''s'\nd:\ne: 12e45600\nf: [1.0, null]\ng: { h: ~ }\n")));
  t.same(plain(document.root), {
    a: 'plain:true',
    b: 'double:true',
    c: "single:it's",
    d: 'plain:',
    e: 'plain:12e45600',
    f: ['plain:1.0', 'plain:null'],
    g: { h: 'plain:~' },
  });
});

t.test('a colon on a line of its own, where YAML has it: in braces and after a question mark', async (t) => {
  t.same(plain(valueOf(readYaml(bytes('a: { b\n : c }\n? d\n: e\n'))).root), { a: { b: 'plain:c' }, d: 'plain:e' });
});

t.test('one document may begin with --- and end with ...', async (t) => {
  t.same(plain(valueOf(readYaml(bytes('---\na: b\n...\n'))).root), { a: 'plain:b' });
});

t.test('everything has a place', async (t) => {
  const document = valueOf(readYaml(bytes('a:\n- b: "c" # d\n')));
  const slice = ({ start, end }: { start: number; end: number }) => document.text.slice(start, end);
  const [entry] = document.root.kind === 'map' ? document.root.entries : [];
  const [item] = entry?.value.kind === 'sequence' ? entry.value.items : [];
  const [inner] = item?.value.kind === 'map' ? item.value.entries : [];
  t.equal(entry && slice(entry.key), 'a');
  t.equal(item && document.text[item.start], '-');
  t.equal(inner && slice(inner.value), '"c"');
  t.equal(inner && document.lineAt(inner.value.start), 2);
  t.equal(inner && document.text.slice(inner.key.end, inner.colonEnd), ':');
});

const REFUSED: readonly [text: string, message: string | RegExp, line?: number][] = [
  ['', 'the file is empty', 1],
  ['# nothing but this\n', 'the file is empty', 1],
  ['a: &x 1\n', 'anchors (&) are not allowed', 1],
  ['a: 1\nb: *a\n', /^aliases \(\*\) are not allowed/, 2],
  ['a: !!str 1\n', /^tags \(!\) are not allowed/, 1],
  ['a: !local 1\n', /^tags/, 1],
  ['%YAML 1.2\n---\na: 1\n', 'directives (%) are not allowed', 1],
  ['<<: { a: 1 }\n', 'merge keys (<<) are not allowed', 1],
  ['a: 1\nb: 2\na: 3\n', 'the key a stands more than once', 3],
  ['a: 1\n"a": 3\n', 'the key a stands more than once', 2],
  ['a: { b: 1, b: 2 }\n', 'the key b stands more than once', 1],
  ['a: 1\n---\nb: 2\n', /more than one document/, 2],
  ['[a]: 1\n', /^a key is not a plain or quoted text/, 1],
  ['a\n : b\n', /^not YAML: /, 2],
  ['a: b\nc\n : d\n', 'not YAML: the colon of a key stands on another line than the key', 2],
  ['a: b\nc:\n  - d: e\n    "f" # g\n     : h\n', 'not YAML: the colon of a key stands on another line than the key', 4],
  ['a: b\nc # d\n\n :\n  - e\n', 'not YAML: the colon of a key stands on another line than the key', 2],
  ['a: |-\n  b\n', 'a text in block form (| or >) is not allowed: write it plain or quoted', 1],
  ['a:\n  - >\n    b\n', 'a text in block form (| or >) is not allowed: write it plain or quoted', 2],
  ['? |-\n  a\n: b\n', 'a text in block form (| or >) is not allowed: write it plain or quoted', 1],
  ['{ a }\n', 'the key a has no colon', 1],
  ['a: b: c\n', /^not YAML: .*quote a value/, 1],
  ['a: "b\n', /^not YAML: /],
  ['a: @b\n', /^not YAML: a value begins with a character that must be quoted/, 1],
  ['a:\n\t- b\n', /^not YAML: /],
  ['a: "\\q"\n', /^not YAML: .*backslash/, 1],
  ['a: b\0c\n', /U\+0000/, 1],
  ['a: b\r\n', /carriage return/, 1],
  ['\ufeffa: b\n', /U\+FEFF/, 1],
  ['a: \u202eb\n', /U\+202E/, 1],
  [`${'[ '.repeat(40)}\n`, 'the file is nested more than 32 levels deep', 1],
  [Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), 'the file is nested more than 32 levels deep'],
];

t.test('what FORMAT §2 does not want', async (t) => {
  for (const [text, message, line] of REFUSED) {
    const reading = readYaml(bytes(text));
    const [fault] = faultsOf(reading);
    if (typeof message === 'string') t.equal(fault, message, JSON.stringify(text));
    else t.match(fault, message, JSON.stringify(text));
    if (line !== undefined && !reading.ok) t.equal(reading.faults[0]?.line, line, JSON.stringify(text));
  }
  t.match(faultsOf(readYaml(Uint8Array.of(0x61, 0x3a, 0x20, 0xff))), ['the text is not UTF-8']);
});

t.test('faults of syntax never quote the text', async (t) => {
  for (const text of [
    'a: "secret" more\n',
    'a: [secret\n',
    'secret\n: a\n',
    'a: |secret\n  x\n',
    'a: b\n secret: c\n',
    '- a\nsecret: b\n',
  ]) {
    t.notMatch(faultsOf(readYaml(bytes(text))).join(' '), /secret/, text);
  }
});

t.test('what would take long is answered at once', async (t) => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'.split('').map((key, i) => `${key}: &${key} [${`*${'abcdefghij'[i]}, `.repeat(9)}x]`),
  ];
  const hostile: Record<string, string> = {
    bomb: `${bomb.join('\n')}\n`,
    brackets: '['.repeat(MAX_YAML_BYTES),
    braces: '{a: '.repeat(MAX_YAML_BYTES / 4),
    dashes: '- '.repeat(MAX_YAML_BYTES / 2),
    blanks: ' '.repeat(MAX_YAML_BYTES),
    'line ends': '\n'.repeat(MAX_YAML_BYTES),
    'one plain line': 'a'.repeat(MAX_YAML_BYTES),
    'one quote': `"${'\\'.repeat(MAX_YAML_BYTES - 1)}`,
    quotes: `a: "${'"'.repeat(MAX_YAML_BYTES / 8)}`,
    keys: Array.from({ length: MAX_YAML_BYTES / 16 }, (_, index) => `key${index}: v`)
      .join('\n')
      .slice(0, MAX_YAML_BYTES),
    colons: ': '.repeat(MAX_YAML_BYTES / 2),
    flow: `[${'{},'.repeat(MAX_YAML_BYTES / 8)}]`,
  };
  for (const [name, text] of Object.entries(hostile)) {
    // In a time that is square to their size none of these would end.
    t.type(readYaml(bytes(text)).ok, 'boolean', name);
  }
  t.match(faultsOf(readYaml(new Uint8Array(MAX_YAML_BYTES + 1))), [/bytes, more than the 1048576 that are read/]);
});

t.test('never throws, whatever the bytes are', async () => {
  const pieces = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '#',
    '? ',
    '---\n',
    '...',
    '&a',
    '*a',
    '!',
    '%',
    '<<',
    '\\',
    '~',
    'é',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => typeof readYaml(bytes(parts.join(''))).ok === 'boolean'),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => typeof readYaml(input).ok === 'boolean'),
    { numRuns: 1000 },
  );
  const mutated = fc.tuple(fc.constantFrom(LEDGER_EXAMPLE, VPR_LEDGER), fc.nat(), fc.uint8Array({ maxLength: 4 }), fc.nat(6));
  fc.assert(
    fc.property(mutated, ([original, at, put, cut]) => {
      const source = bytes(original);
      const start = at % source.length;
      return typeof readYaml(Buffer.concat([source.subarray(0, start), put, source.subarray(start + cut)])).ok === 'boolean';
    }),
    { numRuns: 1000 },
  );
});
