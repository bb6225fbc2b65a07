/** Git objects made by hand, in a table instead of a repository. */
import { createHash } from 'node:crypto';
import type { GitObject, ObjectId, ObjectSource } from '../../src/format/push.js';
import { keepSigned } from './signed.js';

export interface ObjectTable extends ObjectSource {
  put(type: string, bytes: Uint8Array): ObjectId;
  drop(id: ObjectId): void;
  get(id: ObjectId): GitObject;
  /** Every object, in the order they were put. */
  all(): ReadonlyMap<ObjectId, GitObject>;
}

export function objectTable(): ObjectTable {
  const table = new Map<ObjectId, GitObject>();
  return {
    put(type, bytes) {
      const id = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
      table.set(id, { type, bytes });
      if (type === 'commit') keepSigned(bytes);
      return id;
    },
    drop: (id) => void table.delete(id),
    get(id) {
      const object = table.get(id);
      if (object === undefined) throw new Error(`no object ${id}`);
      return object;
    },
    all: () => table,
    stat: async (id) => {
      const object = table.get(id);
      return object && { type: object.type, size: object.bytes.length };
    },
    read: async (id) => table.get(id),
  };
}

/** A file of a tree to be: its text, and its raw mode. */
export interface TreeFile {
  readonly text: string;
  readonly mode: string;
}

/** Writes the trees of a set of files; returns the root tree's id. */
export function putTree(table: ObjectTable, files: ReadonlyMap<string, TreeFile>): ObjectId {
  const entries = new Map<string, { mode: string; id: ObjectId }>();
  const below = new Map<string, Map<string, TreeFile>>();
  for (const [path, file] of files) {
    const slash = path.indexOf('/');
    if (slash === -1) entries.set(path, { mode: file.mode, id: table.put('blob', Buffer.from(file.text, 'utf8')) });
    else {
      const name = path.slice(0, slash);
      const inside = below.get(name) ?? new Map<string, TreeFile>();
      inside.set(path.slice(slash + 1), file);
      below.set(name, inside);
    }
  }
  for (const [name, inside] of below) entries.set(name, { mode: '40000', id: putTree(table, inside) });
  const order = (name: string) => (entries.get(name)?.mode === '40000' ? `${name}/` : name);
  const names = [...entries.keys()].sort((a, b) => Buffer.compare(Buffer.from(order(a)), Buffer.from(order(b))));
  const parts = names.map((name) => {
    const { mode, id } = entries.get(name) ?? { mode: '', id: '' };
    return Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'utf8'), Buffer.from(id, 'hex')]);
  });
  return table.put('tree', Buffer.concat(parts));
}

/** Commit bytes with a `gpgsig` header put where git puts it. */
export function withSignature(unsigned: string, signature: string): string {
  const end = unsigned.indexOf('\n\n');
  return `${unsigned.slice(0, end)}\ngpgsig ${signature.trimEnd().replaceAll('\n', '\n ')}${unsigned.slice(end)}`;
}
