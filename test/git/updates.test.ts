import fc from 'fast-check';
import t from 'tap';
import { parseAlternates, parseRefUpdates, quarantineEnvironment } from '../../src/git/index.js';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const parse = (text: string) => parseRefUpdates(Buffer.from(text, 'latin1'));

t.test('ref updates', async (t) => {
  t.same(parse(`${A} ${B} refs/heads/main\n${B} ${A} refs/tags/x\n`), {
    ok: true,
    value: [
      { old: A, new: B, ref: 'refs/heads/main' },
      { old: B, new: A, ref: 'refs/tags/x' },
    ],
  });
  t.equal(
    parse(`${'a'.repeat(64)} ${'b'.repeat(64)} refs/heads/main\n`).ok,
    true,
    'SHA-256 ids are read, so that they can be refused by their reason',
  );
  const refused: Record<string, string> = {
    'no line': '',
    'only a line end': '\n',
    'no last line end': `${A} ${B} refs/heads/main`,
    'an uppercase id': `${A.toUpperCase()} ${B} refs/heads/main\n`,
    'a short id': `${A.slice(1)} ${B} refs/heads/main\n`,
    'ids of two lengths': `${A} ${'b'.repeat(64)} refs/heads/main\n`,
    'no ref': `${A} ${B}\n`,
    'an empty ref': `${A} ${B} \n`,
    'a blank in the ref': `${A} ${B} refs/heads/main x\n`,
    'two blanks': `${A}  ${B} refs/heads/main\n`,
    'a NUL': `${A} ${B} refs/heads/main\0x\n`,
    'an empty line': `${A} ${B} refs/heads/main\n\n`,
    'one ref twice': `${A} ${B} refs/heads/main\n${A} ${B} refs/heads/main\n`,
    'too many': Array.from({ length: 1001 }, (_, index) => `${A} ${B} refs/heads/${index}\n`).join(''),
    'too long': `${A} ${B} ${'x'.repeat(1024 * 1024)}\n`,
  };
  for (const [title, text] of Object.entries(refused)) t.equal(parse(text).ok, false, title);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => !parseRefUpdates(bytes).ok));
});

t.test('alternates are taken apart as git writes them', async (t) => {
  t.same(parseAlternates(''), []);
  t.same(parseAlternates('/a/objects'), ['/a/objects']);
  t.same(parseAlternates('/a:/b'), ['/a', '/b']);
  t.same(parseAlternates('"/tmp/a:b \\"q/r.git/./objects"'), ['/tmp/a:b "q/r.git/./objects']);
  t.same(parseAlternates('"/a\\303\\251:x":/b'), ['/aé:x', '/b']);
  t.same(parseAlternates('"/a'), undefined, 'an open quote');
  t.same(parseAlternates('"/a"b'), undefined, 'something after a quote');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (path) => {
      const { GIT_ALTERNATE_OBJECT_DIRECTORIES: value = '' } = quarantineEnvironment('/q', path);
      const [read, ...others] = parseAlternates(value) ?? [];
      return read === path && others.length === 0;
    }),
  );
});
