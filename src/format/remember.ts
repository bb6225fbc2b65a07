import { detached } from './text.js';

/**
 * Remembers the results of a pure function by key, up to a limit; the oldest
 * goes first. For what is costly and comes again with every commit: parsed
 * certificates, key objects, checked links of a path. `make` gets the key as a
 * string of its own: what it makes of that keeps no file in memory.
 */
export function remember<T>(limit: number): (key: string, make: (key: string) => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as T;
    const own = detached(key);
    const made = make(own);
    if (known.size >= limit) known.delete(known.keys().next().value as string);
    known.set(own, made);
    return made;
  };
}
