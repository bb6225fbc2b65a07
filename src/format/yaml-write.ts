import { Buffer } from 'node:buffer';

/**
 * What every reader of YAML takes for a text when it stands without quotes:
 * also those of version 1.1, and those that guess types.
 */
const PLAIN = /^[^\s\-?:,[\]{}#&*!|>'"%@`+.~=<](?:[^:#]|:(?!\s|$)|(?<!\s)#)*$/u;
const GUESSED_AS_OTHER = /^(?:true|false|yes|no|on|off|y|n|null|[0-9][0-9_.:]*(?:[eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+)$/i;
const BRACKETED = /[,[\]{}]/;
/** Controls, line separators and what else YAML or FORMAT.md §8 does not want in a file as it is. */
const ESCAPED = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u;
const ESCAPED_EACH = new RegExp(ESCAPED, 'gu');

export type WrittenStyle = 'plain' | 'single' | 'double';

/**
 * A scalar as YAML. Keeps the wanted style where the value allows it; what
 * another reader might take for a number, a boolean or null is quoted.
 */
export function scalarText(value: string | boolean | number | null, style: WrittenStyle = 'plain', inFlow = false): string {
  if (typeof value !== 'string') return String(value);
  if (ESCAPED.test(value)) return doubleQuoted(value);
  if (style === 'single') return `'${value.replaceAll("'", "''")}'`;
  const plain = style === 'plain' && PLAIN.test(value) && !/\s$/u.test(value) && !GUESSED_AS_OTHER.test(value);
  return plain && !(inFlow && BRACKETED.test(value)) ? value : doubleQuoted(value);
}

function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(ESCAPED_EACH, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value on lines of block YAML at an indentation; `undefined` in a mapping is left out. */
export function blockLines(value: unknown, indent: number): string[] {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = isFilled(item) ? blockLines(item, indent + 2) : [`${pad}  ${inlineText(item)}`];
      return [`${pad}- ${first.slice(indent + 2)}`, ...rest];
    });
  }
  return entriesOf(value).flatMap(([key, item]) => entryLines(key, item, indent));
}

/** One entry of a mapping on lines of block YAML. */
export function entryLines(key: string, value: unknown, indent: number): string[] {
  const head = `${' '.repeat(indent)}${scalarText(key)}:`;
  return isFilled(value) ? [head, ...blockLines(value, indent + 2)] : [`${head} ${inlineText(value)}`];
}

/** A value on one line, in brackets and braces where it is a collection. */
export function inlineText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalarText(value as string, 'plain', true);
  const entries = entriesOf(value).map(([key, item]) => `${scalarText(key, 'plain', true)}: ${inlineText(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Whether a value is a collection with something in it, which block YAML writes on lines of its own. */
export function isFilled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (Array.isArray(value) ? value : entriesOf(value)).length > 0;
}

/** The bytes of a file of lines. */
export function fileOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8');
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(value as object).filter(([, item]) => item !== undefined);
}
