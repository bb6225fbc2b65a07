import type { Shape } from './shape.js';
import type { YamlNode, YamlScalar } from './yaml-node.js';

const INTEGER = /^-?(?:0|[1-9][0-9]{0,14})$/;
const NULLS: ReadonlySet<string> = new Set(['', '~', 'null']);

/** Called for every text that a shape with a `format` types. */
export type OnText = (text: string, shape: Shape, path: readonly (string | number)[]) => void;

/**
 * The value of a node, its scalars typed by the shape and never guessed
 * (FORMAT.md §2): a boolean only from plain `true` or `false`, an integer only
 * from plain digits, null only where the shape has it (or nothing is written),
 * text from anything. What doesn't fit its shape stays text.
 */
export function typed(node: YamlNode, shape: Shape | undefined, onText: OnText, path: readonly (string | number)[] = []): unknown {
  switch (node.kind) {
    case 'scalar':
      return scalar(node, shape, onText, path);
    case 'sequence':
      return node.items.map(({ value }, index) => typed(value, shape?.items, onText, [...path, index]));
    case 'map': {
      const object: Record<string, unknown> = {};
      for (const { key, value } of node.entries) {
        const child = own(shape?.properties, key.text) ?? shape?.additionalProperties;
        // Not by assignment: that would take a key `__proto__` for the prototype.
        Object.defineProperty(object, key.text, {
          value: typed(value, child, onText, [...path, key.text]),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
      return object;
    }
  }
}

function scalar(node: YamlScalar, shape: Shape | undefined, onText: OnText, path: readonly (string | number)[]): unknown {
  const { text, style } = node;
  const types = shape === undefined ? [] : [shape.type].flat();
  if (style === 'plain') {
    if (text === '' || (types.includes('null') && NULLS.has(text))) return null;
    if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
    if (types.includes('integer') && INTEGER.test(text)) return Number(text);
  }
  if (types.includes('string') && shape?.format !== undefined) onText(text, shape, path);
  return text;
}

/** A property of the object itself: keys come from strangers, and may be `constructor`. */
export function own<T>(object: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}
