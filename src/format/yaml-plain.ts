import type { YamlEntry, YamlItem, YamlNode, YamlScalar } from './yaml-node.js';

/** A plain scalar that is one whatever stands around it: no colon or hash ends it, no mark begins it, all of it is on its line. Or quotes without an escape. */
const VALUE = String.raw`([A-Za-z0-9](?:[^\s#:]|:(?=\S)| (?=[^\s#]))*|"[^"\\\n]*")`;
const END = String.raw`(?: +#[^\n]*)?\n`;
/** `key: value`, `key:`, and each behind a dash. */
const ENTRY = new RegExp(`( *)(- )?([a-z][a-z0-9_]{0,63}):(?: ${VALUE})?${END}`, 'y');
/** `- value` */
const ITEM = new RegExp(`( *)- ${VALUE}${END}`, 'y');
/** What is nested more deeply, or has more entries or items, is not of the kind that is read here. */
const MAX_DEPTH = 8;
const MAX_LINES = 1000;

interface Line {
  readonly start: number;
  readonly end: number;
  /** Columns before what stands there first. */
  readonly indent: number;
  /** Begins with a dash. */
  readonly dash: boolean;
  /** Absent: an item that is a scalar. */
  readonly key: YamlScalar | undefined;
  readonly value: YamlScalar | undefined;
}

/**
 * Reads the YAML of which nearly every file of a record consists, at a tenth
 * of what the parser takes: each line an entry or an item, its key and value
 * plain words, with what is within below and to the right. Undefined where
 * anything else is there, or anything wrong: the parser tells. Where there is a tree, it is the parser's, places included.
 */
export function plainTree(text: string): YamlNode | undefined {
  const lines = linesOf(text);
  return lines === undefined ? undefined : treeOf(lines, text.length);
}

/** @param length of the text, in which they stand one behind the other */
function treeOf(lines: readonly Line[], length: number): YamlNode | undefined {
  let at = 0;

  function startOf(index: number): number {
    return lines[index]?.start ?? length;
  }

  /** Whatever begins with the line that we are at. */
  function nodeOf(line: Line, depth: number): YamlNode | undefined {
    return line.dash ? sequence(line.indent, depth) : map(line.indent, line, depth);
  }

  /** @param first whose key is the map's first, also where it stands behind a dash */
  function map(indent: number, first: Line, depth: number): YamlNode | undefined {
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    for (let line: Line | undefined = first; line?.key !== undefined; line = within(indent, false)) {
      const { key } = line;
      if (seen.has(key.text)) return undefined;
      seen.add(key.text);
      at += 1;
      const value = line.value ?? nested(indent, depth);
      if (value === undefined) return undefined;
      entries.push({ key, colonEnd: key.end + 1, value });
    }
    return { kind: 'map', flow: false, entries, start: first.key?.start ?? 0, end: startOf(at) };
  }

  function sequence(indent: number, depth: number): YamlNode | undefined {
    const items: YamlItem[] = [];
    const start = startOf(at) + indent;
    for (let line = within(indent, true); line !== undefined; line = within(indent, true)) {
      const dash = line.start + indent;
      if (line.key === undefined) at += 1;
      const value = line.key === undefined ? line.value : map(indent + 2, line, depth + 1);
      if (value === undefined) return undefined;
      items.push({ start: dash, value });
    }
    return { kind: 'sequence', flow: false, items, start, end: startOf(at) };
  }

  /** What a key without a value of its own has in the lines below it. */
  function nested(indent: number, depth: number): YamlNode | undefined {
    const line = lines[at];
    if (line === undefined || depth === MAX_DEPTH) return undefined;
    // A dash may stand below the key itself.
    return line.indent > indent || (line.indent === indent && line.dash) ? nodeOf(line, depth + 1) : undefined;
  }

  /** The line that we are at, where it goes on with what stands at a column. */
  function within(indent: number, dash: boolean): Line | undefined {
    const line = lines[at];
    return line?.indent === indent && line.dash === dash ? line : undefined;
  }

  const [first] = lines;
  const root = first?.indent === 0 ? nodeOf(first, 1) : undefined;
  return at === lines.length ? root : undefined; // otherwise a line stands where nothing goes on
}

/** Undefined where one of them is of another kind. */
function linesOf(text: string): readonly Line[] | undefined {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; start = lines.at(-1)?.end ?? 0) {
    const line = entryAt(text, start) ?? itemAt(text, start);
    if (line === undefined || lines.length === MAX_LINES) return undefined;
    lines.push(line);
  }
  return lines;
}

function entryAt(text: string, start: number): Line | undefined {
  ENTRY.lastIndex = start;
  const match = ENTRY.exec(text);
  if (match === null) return undefined;
  const [whole, spaces = '', dash = '', key = '', value] = match;
  const from = start + spaces.length + dash.length;
  return {
    start,
    end: start + whole.length,
    indent: spaces.length,
    dash: dash !== '',
    key: scalar(key, from),
    value: value === undefined ? undefined : scalar(value, from + key.length + 2),
  };
}

function itemAt(text: string, start: number): Line | undefined {
  ITEM.lastIndex = start;
  const match = ITEM.exec(text);
  if (match === null) return undefined;
  const [whole, spaces = '', value = ''] = match;
  const from = start + spaces.length + 2;
  return { start, end: start + whole.length, indent: spaces.length, dash: true, key: undefined, value: scalar(value, from) };
}

function scalar(written: string, start: number): YamlScalar {
  const end = start + written.length;
  return written.startsWith('"')
    ? { kind: 'scalar', text: written.slice(1, -1), style: 'double', start, end }
    : { kind: 'scalar', text: written, style: 'plain', start, end };
}
