import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { VprError } from '../errors.js';
import { readYaml } from './yaml.js';
import type { YamlDocument } from './yaml-node.js';
import { placeOf, type YamlPath } from './yaml-place.js';
import { spliceFor } from './yaml-splice.js';
import { typed } from './yaml-typed.js';

/** One change: the value at a path from now on; undefined takes it away. */
export interface YamlEdit {
  /**
   * Keys and indices from the root. A key that isn't there is added as the last
   * of its mapping, an index just behind a list's last item appends.
   */
  readonly path: YamlPath;
  /** Text, boolean, number, null, or arrays and plain objects of them. */
  readonly value: unknown;
}

/**
 * Changes a YAML file, one edit after the other, and keeps comments and every
 * byte that the changes don't touch (FORMAT.md §2). Quotes are kept where the
 * new value allows it, and set where it needs them.
 *
 * The result was read again: it holds the edited values and nothing else new.
 *
 * @throws VprError `yaml/not-editable` where the file does not read, a path
 * leads nowhere, or an edit can't be made without touching more
 */
export function editYaml(bytes: Uint8Array, edits: readonly YamlEdit[]): Uint8Array {
  let document = documentOf(bytes, 'the file');
  for (const { path, value } of edits) {
    const place = placeOf(path);
    const splice = spliceFor(document, path, value);
    if (splice === undefined) throw new VprError('yaml/not-editable', `${place}: nothing there that can be changed`);
    const { text } = document;
    const edited = documentOf(Buffer.from(text.slice(0, splice.start) + splice.text + text.slice(splice.end), 'utf8'), place);
    if (!isDeepStrictEqual(plainOf(edited), withValue(plainOf(document), path, value))) {
      throw new VprError('yaml/not-editable', `${place}: can't be changed without touching more of the file`);
    }
    document = edited;
  }
  return Buffer.from(document.text, 'utf8');
}

function documentOf(bytes: Uint8Array, place: string): YamlDocument {
  const reading = readYaml(bytes);
  if (reading.ok) return reading.value;
  const [fault] = reading.faults;
  throw new VprError('yaml/not-editable', `${place}: ${fault?.message}${fault?.line === undefined ? '' : ` (line ${fault.line})`}`);
}

/** The document with every scalar as text. */
function plainOf(document: YamlDocument): unknown {
  return typed(document.root, undefined, () => undefined);
}

function withValue(root: unknown, path: YamlPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return textOf(value);
  if (Array.isArray(root)) {
    const items: unknown[] = [...root];
    if (rest.length === 0 && value === undefined) items.splice(Number(step), 1);
    else items[Number(step)] = withValue(items[Number(step)], rest, value);
    return items;
  }
  const entries = new Map(Object.entries(root as object));
  if (rest.length === 0 && value === undefined) entries.delete(String(step));
  else entries.set(String(step), withValue(entries.get(String(step)), rest, value));
  return Object.fromEntries(entries);
}

function textOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, textOf(item)]));
}
