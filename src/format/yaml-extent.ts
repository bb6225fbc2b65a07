import type { YamlEntry, YamlItem, YamlMap, YamlNode, YamlSequence } from './yaml-node.js';

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** How many characters stand before an offset on its line. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Where the line of an offset ends, without its line end. */
export function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** Where the next line begins, or the end of the text. */
function nextLine(text: string, offset: number): number {
  return Math.min(endOfLine(text, offset) + 1, text.length);
}

/** The members of a collection, each with where it begins and where its own content ends. */
export function membersOf(text: string, collection: YamlMap | YamlSequence): { start: number; end: number }[] {
  if (collection.kind === 'map') {
    return collection.entries.map((entry) => ({ start: entry.key.start, end: entryEnd(text, entry) }));
  }
  return collection.items.map((item) => ({ start: item.start, end: itemEnd(text, item) }));
}

function entryEnd(text: string, { key, colonEnd, value }: YamlEntry): number {
  return Math.max(key.end, colonEnd, isEmpty(value) ? 0 : contentEnd(text, value));
}

function itemEnd(text: string, { start, value }: YamlItem): number {
  return Math.max(start + (text[start] === '-' ? 1 : 0), isEmpty(value) ? 0 : contentEnd(text, value));
}

/** Where a value's last character is behind: comments and line ends that follow it are not in it. */
export function contentEnd(text: string, node: YamlNode): number {
  if (node.kind === 'scalar') return node.end;
  const last = node.flow ? undefined : membersOf(text, node).at(-1);
  return last?.end ?? node.end;
}

/** Whether nothing is written there. */
export function isEmpty(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.start === node.end;
}

/**
 * Where the lines of a member of a block collection end: with its content's
 * last line, and comment lines below it that are indented deeper than it.
 */
export function extentEnd(text: string, contentEnds: number, column: number): number {
  let end = nextLine(text, contentEnds);
  while (end < text.length) {
    const following = /^ */.exec(text.slice(end, end + column + 2))?.[0].length ?? 0;
    if (following <= column || !/^[ \t]*#/.test(text.slice(end, nextLine(text, end)))) break;
    end = nextLine(text, end);
  }
  return end;
}
