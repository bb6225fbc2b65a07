import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { beginsWith, forbiddenCharacter, isBlank, isTrimmedLine, lineAt, printable, textFaults } from '../../src/format/text.js';

const required = { finalNewline: 'required' } as const;
const optional = { finalNewline: 'optional' } as const;
const faultsOf = (text: string) => textFaults(Buffer.from(text), required).map(({ message, line }) => `${line}: ${message}`);

/** FORMAT.md §8, character by character. */
function isForbidden(code: number): boolean {
  if (code === 0x0a || code === 0x09) return false;
  if (code < 0x20 || (code >= 0x80 && code <= 0x9f)) return true;
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0xfeff;
}

t.test('every character of the first planes is judged as FORMAT.md §8 says', async (t) => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x1ffff; code += 1) {
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    const found = forbiddenCharacter(`a${String.fromCodePoint(code)}`);
    const good = isForbidden(code) || surrogate ? found?.index === 1 && found.codePoint === code : found === undefined;
    if (!good) wrong.push(code.toString(16));
  }
  t.same(wrong, []);
  t.equal(forbiddenCharacter('😀 مرحبا \u200f שלום 漢字\t\n'), undefined);
  t.same(forbiddenCharacter('a😀\ud83d'), { index: 3, codePoint: 0xd83d }, 'half of a pair');
});

t.test('faults name the line and the character', async (t) => {
  t.same(faultsOf('one\ntwo\n'), []);
  t.same(faultsOf('one\ntw\u202eo\n'), ['2: the text holds U+202E (bidirectional control), which no file of a record may']);
  t.same(faultsOf('\ufeffone\n'), ['1: the text holds U+FEFF (byte order mark), which no file of a record may']);
  t.same(faultsOf('a\n\nb\u0085\n'), ['3: the text holds U+0085 (control character), which no file of a record may']);
  const [carriage] = textFaults(Buffer.from('one\r\ntwo\n'), required);
  t.match(carriage?.message, /U\+000D/);
  t.match(carriage?.help, [/autocrlf/]);
});

t.test('at most three faults, on different lines', async (t) => {
  t.same(
    textFaults(Buffer.from('\u0001\u0002\n\n\u0003\nx\n\u0004\n\u0005'), required).map(({ line }) => line),
    [1, 3, 5],
  );
});

t.test('the final newline', async (t) => {
  t.same(faultsOf('one\ntwo'), ['2: the file does not end with a newline']);
  t.same(faultsOf(''), ['1: the file does not end with a newline']);
  t.same(textFaults(Buffer.from('one\ntwo'), optional), []);
  t.same(textFaults(Buffer.from(''), optional), []);
});

t.test('what is not UTF-8', async (t) => {
  const bad = (...bytes: number[]) => textFaults(Buffer.from([0x61, 0x0a, 0x62, 0x0a, ...bytes, 0x0a]), required);
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0xc3]]) {
    const [fault, ...more] = bad(...bytes);
    t.same([fault?.message, fault?.line, more], ['the text is not UTF-8', 3, []]);
  }
});

t.test('whatever the bytes, at most three faults, on lines that are there', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const lines = bytes.filter((byte) => byte === 0x0a).length + 1;
      const faults = textFaults(bytes, required);
      return faults.length <= 3 && faults.every(({ line = 0 }) => line >= 1 && line <= lines);
    }),
  );
});

t.test('lines of offsets', async (t) => {
  const bytes = Buffer.from('a\nb\n\nc');
  t.same(
    [0, 1, 2, 3, 4, 5, 6].map((offset) => lineAt(bytes, offset)),
    [1, 1, 2, 2, 3, 4, 4],
  );
});

t.test('blank and trimmed', async (t) => {
  t.ok(isBlank(' \t\n \n'));
  t.notOk(isBlank(' \u00a0'));
  t.ok(isTrimmedLine('Dr Élodie Martin-Roux'));
  for (const text of ['', ' a', 'a ', 'a\t', 'a\nb', '\n']) t.notOk(isTrimmedLine(text), JSON.stringify(text));
});

t.test('printable', async (t) => {
  t.equal(printable('one\ntwo\t\u001b[31m\u202e\u2028\u007f'), 'one\\ntwo\\t\\u001b[31m\\u202e\\u2028\\u007f');
  t.equal(printable('漢字 שלום 😀'), '漢字 שלום 😀');
  t.equal(printable('abcdef', 3), 'abc…');
  t.equal(printable('ab😀', 3), 'ab…', 'no half of a pair');
  t.equal(printable('x'.repeat(10_000_000)).length, 201);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => forbiddenCharacter(printable(text)) === undefined));
});

t.test('bytes that begin with others, in one memory or in two', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), fc.nat(20), fc.nat(20), (bytes, others, from, to) => {
      const parts = [bytes, bytes.subarray(0, to), bytes.subarray(from), bytes.subarray(from, from + to), bytes.slice(0, to), others];
      return parts.every((one) =>
        parts.every((other) => beginsWith(one, other) === (other.length <= one.length && other.every((byte, at) => byte === one[at]))),
      );
    }),
    { numRuns: 1000 },
  );
  t.pass('for a thousand pairs of contents');
});
