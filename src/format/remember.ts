/**
 * Remembers the results of a pure function by key, up to a limit; the oldest
 * goes first. For what is costly and comes again with every commit: parsed
 * certificates, key objects, checked links of a path.
 */
export function remember<T>(limit: number): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as T;
    const made = make();
    if (known.size >= limit) known.delete(known.keys().next().value as string);
    known.set(key, made);
    return made;
  };
}
