import { type Fault, type Read, read } from './fault.js';
import { type SchemaName, shapes, validators } from './generated/validators.js';
import { type Departure, departure, foundAs } from './schema-words.js';
import type { SchemaError, Shape } from './shape.js';
import { TEXT_FORMATS } from './text-formats.js';
import { readYaml, type YamlDocument } from './yaml.js';
import { lineOf, nodeAt, placeOf, type YamlPath } from './yaml-place.js';
import { own, typed } from './yaml-typed.js';

export type { SchemaName } from './generated/validators.js';

/** A flood of faults says no more than its beginning. */
const MAX_FAULTS = 20;

/** A value that fits its schema, with the document it came from (for places). */
export interface Typed<T> {
  readonly value: T;
  readonly document: YamlDocument;
}

/**
 * Reads a YAML file by its schema. Every fault names the place, what was found
 * and what was expected, with the line; at most twenty, in the order of lines.
 *
 * `T` is the type made from the same schema: the caller names both.
 */
export function readTyped<T>(bytes: Uint8Array, schema: SchemaName): Read<T> {
  const reading = readTypedDocument<T>(bytes, schema);
  return reading.ok ? read(reading.value.value) : reading;
}

/** As `readTyped`, with the document: for checks of one's own that name a line. */
export function readTypedDocument<T>(bytes: Uint8Array, schema: SchemaName): Read<Typed<T>> {
  const reading = readYaml(bytes);
  if (!reading.ok) return reading;
  const document = reading.value;
  const departures: Departure[] = [];
  const shape = shapes[schema];
  const value = typed(document.root, shape, (text, of, path) => {
    const wrong = TEXT_FORMATS[of.format ?? '']?.(text, of.expected ?? 'what is wanted here');
    if (wrong === undefined || departures.length >= MAX_FAULTS) return;
    const found = foundAs(nodeAt(document.root, path), of);
    departures.push({ path, message: `${placeOf(path)}: ${found} ${wrong}` });
  });
  const validate = validators[schema];
  if (!validate(value)) departures.push(...schemaDepartures(validate.errors ?? [], shape, document, value));
  return departures.length === 0 ? read({ value: value as T, document }) : { ok: false, faults: faultsOf(departures, document) };
}

function schemaDepartures(errors: readonly SchemaError[], shape: Shape, document: YamlDocument, value: unknown): Departure[] {
  return errors.slice(0, MAX_FAULTS).map((error) => {
    const path = pathOf(error.instancePath, value);
    return departure(error, path, shapeAt(shape, path), nodeAt(document.root, path));
  });
}

/** One fault a place (a pattern adds nothing to a format), in the order of lines. */
function faultsOf(departures: readonly Departure[], document: YamlDocument): Fault[] {
  const places = new Map<string, Fault>();
  for (const { path, message } of departures) {
    const key = JSON.stringify(path);
    if (!places.has(key)) places.set(key, { message, line: lineOf(document, path) });
  }
  return [...places.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, MAX_FAULTS);
}

function shapeAt(shape: Shape, path: YamlPath): Shape | undefined {
  let at: Shape | undefined = shape;
  for (const step of path) at = typeof step === 'number' ? at?.items : (own(at?.properties, step) ?? at?.additionalProperties);
  return at;
}

/** A JSON pointer as a path: which of its numbers are indices, the value says. */
function pathOf(pointer: string, value: unknown): YamlPath {
  let at = value;
  const steps = pointer.split('/').slice(1);
  return steps.map((escaped) => {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(at) ? Number(key) : key;
    at = (at as Record<string | number, unknown>)[step];
    return step;
  });
}
