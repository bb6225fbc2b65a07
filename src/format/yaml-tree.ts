import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Fault, type Read, read, unread } from './fault.js';
import { printable } from './text.js';
import type { YamlEntry, YamlItem, YamlNode, YamlScalar } from './yaml-node.js';

const STYLES: Readonly<Record<string, YamlScalar['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
};

/** As many keys of a map that stand twice are named. */
const MAX_DUPLICATES = 3;

/**
 * The parser's nodes as plain data with places, and what its syntax allows but
 * FORMAT.md §2 does not. Recursion is bounded by the depth that was read.
 */
export function treeOf(contents: unknown, lineAt: (offset: number) => number): Read<YamlNode> {
  const faults: Fault[] = [];
  const fault = (message: string, offset: number) => {
    faults.push({ message, line: lineAt(offset) });
  };

  function node(from: unknown): YamlNode {
    if (isMap(from)) return map(from);
    if (isSeq(from)) return sequence(from);
    return scalar(from);
  }

  function scalar(from: unknown): YamlScalar {
    const { value, type, range } = from as Scalar;
    const [start, end] = range ?? [0, 0];
    if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED')
      fault('a text in block form (| or >) is not allowed: write it plain or quoted', start);
    return { kind: 'scalar', text: String(value ?? ''), style: STYLES[type ?? 'PLAIN'] ?? 'plain', start, end };
  }

  function map(from: YAMLMap): YamlNode {
    const entries = (from.items as Pair[]).map((pair) => entry(pair, from.flow === true));
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { key } of entries) {
      if (seen.has(key.text) && !twice.has(key.text) && twice.size < MAX_DUPLICATES) {
        twice.add(key.text);
        fault(`the key ${printable(key.text, 40)} stands more than once`, key.start);
      }
      seen.add(key.text);
      if (key.text === '<<' && key.style === 'plain') fault('merge keys (<<) are not allowed', key.start);
    }
    return { kind: 'map', flow: from.flow === true, entries, ...rangeOf(from) };
  }

  function entry({ key, value, srcToken }: Pair, flow: boolean): YamlEntry {
    if (!isScalar(key)) fault('a key is not a plain or quoted text', offsetOf(key));
    const colon = srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
    const name = isScalar(key) ? scalar(key) : { kind: 'scalar' as const, text: '', style: 'plain' as const, start: 0, end: 0 };
    const colonEnd = colon === undefined ? name.end : colon.offset + 1;
    if (!flow && srcToken !== undefined && isApart(srcToken))
      fault('not YAML: the colon of a key stands on another line than the key', name.start);
    if (isScalar(key) && colon === undefined) fault(`the key ${printable(name.text, 40)} has no colon`, name.start);
    return { key: name, colonEnd, value: value === null ? empty(colonEnd) : node(value) };
  }

  function sequence(from: YAMLSeq): YamlNode {
    const token = from.srcToken;
    const items = from.items.map((item, index): YamlItem => {
      const value = item === null ? empty(0) : node(item);
      const dash = token?.type === 'block-seq' ? token.items[index]?.start.find(({ type }) => type === 'seq-item-ind') : undefined;
      return { start: dash?.offset ?? value.start, value };
    });
    return { kind: 'sequence', flow: from.flow === true, items, ...rangeOf(from) };
  }

  const tree = node(contents);
  return faults.length === 0 ? read(tree) : unread(...faults.slice(0, MAX_DUPLICATES));
}

/**
 * Whether a line ends between a key and its colon. The parser takes that for an
 * entry; YAML 1.2 and other readers don't, but in braces and after `?`.
 */
function isApart({ start, sep = [] }: NonNullable<Pair['srcToken']>): boolean {
  if (start.some(({ type }) => type === 'explicit-key-ind')) return false;
  const colon = sep.findIndex(({ type }) => type === 'map-value-ind');
  return sep.slice(0, Math.max(colon, 0)).some(({ type }) => type === 'newline');
}

function empty(at: number): YamlScalar {
  return { kind: 'scalar', text: '', style: 'plain', start: at, end: at };
}

function rangeOf({ range }: YAMLMap | YAMLSeq): { start: number; end: number } {
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}
