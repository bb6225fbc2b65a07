import type { TreeEntry } from '../format/tree-object.js';

/** A name of a directory whose entry differs. */
export interface NameChange {
  readonly name: string;
  readonly before?: TreeEntry | undefined;
  readonly after?: TreeEntry | undefined;
}

/** Entries that differ. What both lists begin and end with is skipped first: a record has thousands of threads, and a commit touches one. */
export function* differences(before: readonly TreeEntry[], after: readonly TreeEntry[]): Generator<NameChange> {
  let start = 0;
  while (start < before.length && start < after.length && same(before[start], after[start])) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && same(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;

  const formers = new Map(before.slice(start, before.length - end).map((entry) => [entry.name, entry]));
  for (const entry of after.slice(start, after.length - end)) {
    const former = formers.get(entry.name);
    formers.delete(entry.name);
    if (!same(former, entry)) yield { name: entry.name, before: former, after: entry };
  }
  for (const entry of formers.values()) yield { name: entry.name, before: entry };
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.id === b?.id && a?.mode === b?.mode && a?.name === b?.name;
}
