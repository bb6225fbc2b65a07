import { printable } from './text.js';
import type { YamlDocument, YamlNode } from './yaml-node.js';

/** A way into a document: keys and indices from its root. */
export type YamlPath = readonly (string | number)[];

const MAX_KEY = 40;

/** A path as messages write it: `participants[0].role`. */
export function placeOf(path: YamlPath): string {
  let place = '';
  for (const step of path) {
    if (typeof step === 'number') place += `[${step}]`;
    else place += `${place === '' ? '' : '.'}${printable(step, MAX_KEY)}`;
  }
  return place === '' ? 'the file' : place;
}

/** The node at a path; where the way breaks off, undefined. */
export function nodeAt(root: YamlNode, path: YamlPath): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.find(({ key }) => key.text === step)?.value;
    else if (node?.kind === 'sequence' && typeof step === 'number') node = node.items[step]?.value;
    else return undefined;
  }
  return node;
}

/** The line, from 1, of the key or item that a path leads to, or of what comes nearest to it. */
export function lineOf(document: YamlDocument, path: YamlPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = nodeAt(document.root, path.slice(0, length - 1));
    const step = path[length - 1];
    if (parent?.kind === 'map') {
      const entry = parent.entries.find(({ key }) => key.text === step);
      if (entry !== undefined) return document.lineAt(entry.key.start);
    }
    if (parent?.kind === 'sequence' && typeof step === 'number') {
      const item = parent.items[step];
      if (item !== undefined) return document.lineAt(item.start);
    }
  }
  return document.lineAt(document.root.start);
}
