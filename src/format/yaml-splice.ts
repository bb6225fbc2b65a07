import { columnOf, contentEnd, endOfLine, extentEnd, isEmpty, lineStart, membersOf } from './yaml-extent.js';
import type { YamlDocument, YamlMap, YamlNode, YamlSequence } from './yaml-node.js';
import { nodeAt, type YamlPath } from './yaml-place.js';
import { blockLines, entryLines, inlineText, isFilled, scalarText } from './yaml-write.js';

/** The text from `start` to `end` is to be replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What makes a document hold `value` at `path` (nothing there: undefined); undefined where no way is known. */
export function spliceFor(document: YamlDocument, path: YamlPath, value: unknown): Splice | undefined {
  const step = path.at(-1);
  if (step === undefined) return undefined;
  const parent = nodeAt(document.root, path.slice(0, -1));
  if (parent === undefined || parent.kind === 'scalar') return undefined;
  const index = indexOf(parent, step);
  if (index === undefined) return undefined;
  if (value === undefined) return index < 0 ? nothing() : remove(document, path, parent, index);
  if (parent.kind === 'map') {
    const entry = parent.entries[index];
    if (entry === undefined) return insert(document.text, parent, String(step), value);
    return replace(document.text, entry.value, entry.colonEnd, value, parent, columnOf(document.text, entry.key.start));
  }
  const item = parent.items[index];
  if (item === undefined) return insert(document.text, parent, undefined, value);
  const behindDash = parent.flow ? item.start : item.start + 1;
  return replace(document.text, item.value, behindDash, value, parent, columnOf(document.text, item.start));
}

/** The index of a member; -1 where there is none but one may be added; undefined where it can't be. */
function indexOf(parent: YamlMap | YamlSequence, step: string | number): number | undefined {
  if (parent.kind === 'map') return parent.entries.findIndex(({ key }) => key.text === String(step));
  if (typeof step !== 'number' || step < 0 || step > parent.items.length) return undefined;
  return step === parent.items.length ? -1 : step;
}

function nothing(): Splice {
  return { start: 0, end: 0, text: '' };
}

function replace(
  text: string,
  old: YamlNode,
  from: number,
  value: unknown,
  parent: YamlMap | YamlSequence,
  column: number,
): Splice | undefined {
  const scalarForScalar = old.kind === 'scalar' && !isEmpty(old) && !isCollection(value);
  if (scalarForScalar) {
    return { start: old.start, end: old.end, text: scalarText(value as string, old.style, parent.flow) };
  }
  const end = isEmpty(old) ? from : contentEnd(text, old);
  if (parent.flow) {
    const start = isEmpty(old) ? from : old.start;
    return { start, end, text: `${start === from ? ' ' : ''}${inlineText(value)}` };
  }
  if (!isFilled(value)) return { start: from, end, text: ` ${inlineText(value)}` };
  if (parent.kind === 'sequence') {
    return {
      start: from,
      end,
      text: blockLines(value, column + 2)
        .join('\n')
        .slice(column + 1),
    };
  }
  const unindented = Array.isArray(value) && old.kind === 'sequence' && !old.flow && columnOf(text, old.start) === column;
  const lines = blockLines(value, unindented ? column : column + 2);
  // A comment behind the colon stays there.
  const lineEnd = endOfLine(text, from);
  if (isEmpty(old)) return { start: lineEnd, end: lineEnd, text: `\n${lines.join('\n')}` };
  const start = lineEnd < old.start ? lineEnd : from;
  return { start, end, text: `\n${lines.join('\n')}` };
}

function insert(text: string, parent: YamlMap | YamlSequence, key: string | undefined, value: unknown): Splice {
  const members = membersOf(text, parent);
  const first = members[0];
  const last = members.at(-1);
  if (parent.flow || first === undefined || last === undefined) {
    const member = key === undefined ? inlineText(value) : `${scalarText(key, 'plain', true)}: ${inlineText(value)}`;
    const at = last?.end ?? parent.start + 1;
    return { start: at, end: at, text: last === undefined ? member : `, ${member}` };
  }
  const column = columnOf(text, first.start);
  const at = extentEnd(text, last.end, column);
  const lines = key === undefined ? blockLines([value], column) : entryLines(key, value, column);
  return { start: at, end: at, text: `${text[at - 1] === '\n' ? '' : '\n'}${lines.join('\n')}\n` };
}

function remove(document: YamlDocument, path: YamlPath, parent: YamlMap | YamlSequence, index: number): Splice | undefined {
  const { text } = document;
  const members = membersOf(text, parent);
  const member = members[index];
  if (member === undefined) return undefined;
  if (members.length === 1) {
    const none = parent.kind === 'map' ? {} : [];
    return path.length > 1 ? spliceFor(document, path.slice(0, -1), none) : undefined;
  }
  const next = members[index + 1];
  if (parent.flow) {
    const previous = members[index - 1];
    return previous === undefined
      ? { start: member.start, end: next?.start ?? member.end, text: '' }
      : { start: previous.end, end: member.end, text: '' };
  }
  const start = lineStart(text, member.start);
  // Behind a dash, on its line: what comes next moves there.
  if (text.slice(start, member.start).trim() !== '') return { start: member.start, end: next?.start ?? member.end, text: '' };
  return { start, end: extentEnd(text, member.end, columnOf(text, member.start)), text: '' };
}

function isCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
