import type { TreeEntry } from '../format/tree-object.js';

/** A name of a directory whose entry differs. */
export interface NameChange {
  readonly name: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** Entries that differ. What both lists begin and end with is skipped first. */
export function differences(before: readonly TreeEntry[], after: readonly TreeEntry[]): NameChange[] {
  let start = 0;
  while (start < before.length && start < after.length && same(before[start], after[start])) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && same(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;

  const changes: NameChange[] = [];
  const formers = new Map<string, TreeEntry>();
  for (let at = start; at < before.length - end; at += 1) formers.set(before[at]?.name ?? '', before[at] as TreeEntry);
  for (let at = start; at < after.length - end; at += 1) {
    const entry = after[at] as TreeEntry;
    const former = formers.get(entry.name);
    formers.delete(entry.name);
    if (!same(former, entry)) changes.push({ name: entry.name, before: former, after: entry });
  }
  for (const entry of formers.values()) changes.push({ name: entry.name, before: entry, after: undefined });
  return changes;
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.id === b?.id && a?.mode === b?.mode && a?.name === b?.name;
}
