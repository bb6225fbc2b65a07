import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { readYaml } from '../../src/format/yaml.js';
import { blockLines, fileOf, inlineText, scalarText } from '../../src/format/yaml-write.js';
import { bytes, text, valueOf } from './format-page.js';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[-?:,[\]{}#&*!|>'"%@` a1.\n]{0,8}$/),
);

t.test('a written text reads as itself, here and where types are guessed', async () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('plain' as const, 'single' as const, 'double' as const), (value, style) => {
      const file = `a: ${scalarText(value, style)}\n`;
      const { root } = valueOf(readYaml(bytes(file)));
      const [entry] = root.kind === 'map' ? root.entries : [];
      if (entry?.value.kind !== 'scalar' || entry.value.text !== value) return false;
      return (parse(file) as { a: unknown }).a === value && (parse(file, { version: '1.1' }) as { a: unknown }).a === value;
    }),
    { numRuns: 3000 },
  );
});

t.test('collections, in lines and in brackets', async (t) => {
  const value = { a: 'x', b: [{ c: true, d: undefined }, ['n', []]], e: {}, 'f: g': 1 };
  t.same(blockLines(value, 0), ['a: x', 'b:', '  - c: true', '  - - "n"', '    - []', 'e: {}', '"f: g": 1']);
  t.equal(inlineText(value), '{ a: x, b: [{ c: true }, ["n", []]], e: {}, "f: g": 1 }');
  const { letrec } = fc;
  const { tree } = letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      anyText,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(anyText, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (data) => {
      const expected = JSON.stringify(data);
      if (JSON.stringify(parse(`[${inlineText(data)}]`)) !== `[${expected}]`) return false;
      return JSON.stringify(parse(text(fileOf(blockLines([data], 0))))) === `[${expected}]`;
    }),
    { numRuns: 1000 },
  );
});
