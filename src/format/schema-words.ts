import { didYouMean } from './nearest.js';
import type { SchemaError, Shape } from './shape.js';
import { printable } from './text.js';
import type { YamlNode } from './yaml-node.js';
import { placeOf, type YamlPath } from './yaml-place.js';
import { own } from './yaml-typed.js';

const MAX_QUOTED = 40;

/** One departure from a schema in words, and the path it is at. */
export interface Departure {
  readonly path: YamlPath;
  readonly message: string;
}

/** What a compiled validator found, in words: the place, what was found, what was expected. */
export function departure(error: SchemaError, path: YamlPath, shape: Shape | undefined, node: YamlNode | undefined): Departure {
  const { keyword, params } = error;
  if (keyword === 'required') {
    const missing = [...path, String(params['missingProperty'])];
    return { path: missing, message: `${placeOf(missing)} is missing` };
  }
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    const unknown = [...path, key];
    return { path: unknown, message: `${placeOf(unknown)} ${unknownKey(key, shape)}` };
  }
  return { path, message: `${placeOf(path)}: ${expectation(keyword, params, shape, node)}` };
}

function unknownKey(key: string, shape: Shape | undefined): string {
  const reason = own(shape?.refused, key);
  if (reason !== undefined) return reason;
  const known = Object.keys(shape?.properties ?? {});
  return `is not a known key${didYouMean(key, known) || `; known here are ${known.join(', ')}`}`;
}

function expectation(keyword: string, params: SchemaError['params'], shape: Shape | undefined, node: YamlNode | undefined): string {
  const found = foundAs(node, shape);
  switch (keyword) {
    case 'enum':
      return `${found} is not one of ${(shape?.enum ?? []).join(', ')}`;
    case 'const':
      return `${found} is not ${JSON.stringify(shape?.const)}`;
    case 'type':
      return typeExpectation(found, shape, node);
    case 'minItems':
      return `has fewer entries than ${params['limit']}`;
    case 'minimum':
      return `${found} is less than ${params['limit']}`;
    case 'maximum':
      return `${found} is more than ${params['limit']}`;
    case 'maxLength':
      return `is longer than ${params['limit']} characters`;
    default:
      return `${found} is not ${shape?.expected ?? 'what is wanted here'}`;
  }
}

function typeExpectation(found: string, shape: Shape | undefined, node: YamlNode | undefined): string {
  const quoted = node?.kind === 'scalar' && node.style !== 'plain';
  switch (shape?.type) {
    case 'boolean':
      if (quoted && (node.text === 'true' || node.text === 'false'))
        return `${found} is text in quotes, not true or false: leave the quotes out`;
      return `${found} is not true or false`;
    case 'integer':
      return `${found} is not a whole number${quoted ? ' without quotes' : ''}`;
    case 'object':
      return `${found} is not a mapping of keys to values`;
    case 'array':
      return `${found} is not a list`;
    default:
      return `${found} is not ${shape?.enum === undefined ? (shape?.expected ?? 'text') : `one of ${shape.enum.join(', ')}`}`;
  }
}

/** What stands there. Free text is never quoted: it may say who somebody is. */
export function foundAs(node: YamlNode | undefined, shape: Shape | undefined): string {
  if (node?.kind === 'map') return 'a mapping';
  if (node?.kind === 'sequence') return 'a list';
  if (node === undefined || (node.style === 'plain' && node.text === '')) return 'nothing';
  return shape?.format === 'vpr-line' ? 'the text' : `"${printable(node.text, MAX_QUOTED)}"`;
}
