/** Spoiling what is valid: a little, anywhere. */
import type { Random } from '../support/random.js';

/** Pieces that mean something to one of the readers. */
const PIECES = [
  '\n',
  '\n\n',
  '---\n',
  '\n---\n\n## Message\n\n',
  '## Message\n',
  '# Messages\n',
  '# Thread\n',
  '**ID:** `',
  '**Author:** ',
  '**Corrects:** ',
  '\\',
  '\\---',
  ': ',
  '- ',
  '  ',
  '"',
  "'",
  '&a ',
  '*a',
  '!!str ',
  '<<: ',
  '{',
  '}',
  '[',
  ']',
  '#',
  '|',
  '>',
  '%YAML 1.1\n',
  '--- ',
  '...\n',
  '\t',
  'true',
  'null',
  '~',
  'open',
  'closed',
  'clinician',
  'patient',
  'system',
  'status: closed\n',
  'gpgsig ',
  'gpgsig-sha256 ',
  'parent ',
  'tree ',
  'encoding UTF-8\n',
  'mergetag ',
  '\0',
  '\r\n',
  '\u007f',
  '\u00c2\u0085',
  '\u00e2\u0080\u00ae',
  '\u00ef\u00bb\u00bf',
  '\u00c0\u0080',
  '\u00ff',
  'MII',
  '=',
  '==',
  '-----END SIGNED MESSAGE-----',
  '100755 ',
  '120000 ',
  '40000 ',
  '0',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T00:00:00Z',
  '-1',
  '1e9',
  'Author-Name: ',
  'On-Behalf-Of: ',
];

/** The text (one character a byte) with one to three things changed. */
export function mutate(text: string, random: Random): string {
  let result = text;
  for (let left = 1 + random.int(3); left > 0; left -= 1) result = once(result, random);
  return result;
}

function once(text: string, random: Random): string {
  const at = random.int(text.length + 1);
  const end = Math.min(text.length, at + 1 + random.int(random.pick([1, 4, 80])));
  const lines = text.split('\n');
  const line = random.int(lines.length);
  switch (random.int(8)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random.int(256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(end);
    case 3:
      return text.slice(0, end) + text.slice(at, end) + text.slice(end);
    case 4:
      return lines.toSpliced(line, 1).join('\n');
    case 5:
      return lines.toSpliced(line, 0, lines[random.int(lines.length)] ?? '').join('\n');
    case 6:
      return text.slice(0, at);
    default:
      return text + random.pick(PIECES);
  }
}
