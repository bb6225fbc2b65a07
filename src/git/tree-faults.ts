import type { TreeFault } from '../format/push.js';
import type { TreeEntry } from '../format/tree-object.js';

/** Whether an entry stands for a directory, however its mode is spelt. */
export function isDirectory({ mode }: TreeEntry): boolean {
  return mode === '40000' || (Number.parseInt(mode, 8) & 0o170000) === 0o040000;
}

/** Whether an entry stands for a file whose content is a blob of this repository (a submodule's is not). */
export function isBlob({ mode }: TreeEntry): boolean {
  if (mode === '100644') return true;
  const type = Number.parseInt(mode, 8) & 0o170000;
  return type === 0o100000 || type === 0o120000;
}

/** What is wrong with one entry by itself: its mode's digits (FORMAT.md §8), or its name. `path` is the entry's. */
export function entryFaults(entry: TreeEntry, path: string): TreeFault[] {
  const faults: TreeFault[] = [];
  const { mode, name } = entry;
  if (mode !== '100644' && mode !== '40000') {
    faults.push({
      kind: 'mode',
      path,
      mode,
      message: `has the mode ${mode} (${modeMeaning(entry)}); files have 100644, directories 40000`,
    });
  }
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.toLowerCase() === '.git') {
    faults.push({ kind: 'name', path, message: `the name ${JSON.stringify(name)} may not stand in a directory` });
  }
  return faults;
}

/**
 * What is wrong with the order of a directory: Git sorts names by their bytes,
 * a directory's as if it ended in a slash, and a name stands once.
 */
export function orderFault(entries: readonly TreeEntry[]): string | undefined {
  const names = new Set<string>();
  let former = '';
  for (const entry of entries) {
    if (names.has(entry.name)) return 'a name stands twice in the directory';
    names.add(entry.name);
    const key = isDirectory(entry) ? `${entry.name}/` : entry.name;
    if (key < former) return 'the names of the directory are not in the order of Git';
    former = key;
  }
  return undefined;
}

function modeMeaning(entry: TreeEntry): string {
  const value = Number.parseInt(entry.mode, 8);
  if (entry.mode.startsWith('0')) return 'written with a leading zero';
  if (isDirectory(entry)) return 'an odd directory';
  if (value === 0o120000) return 'a symbolic link';
  if (value === 0o160000) return 'a submodule';
  if (isBlob(entry)) return (value & 0o111) === 0 ? 'an odd file' : 'an executable file';
  return 'of no known kind';
}
