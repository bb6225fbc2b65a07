/** Values remembered by key, up to a total weight; what was used longest ago goes first. */
export interface Memory<K, T> {
  get(key: K): T | undefined;
  /** `held` is memory that the value keeps and others may keep as well: it weighs as much as it has bytes, once for all of them. */
  set(key: K, value: T, weight: number, held?: ArrayBufferLike): void;
}

/**
 * `capacity` and weights are bytes, or anything else that adds up. A value
 * heavier than half of it is not kept.
 *
 * Two tables: what is used goes into the younger, and when that has half of all
 * it becomes the older, whose values go. One table in the order of use would
 * slow down: a `Map` steps over everything that was ever deleted at its front.
 */
export function boundedMemory<T, K = string>(capacity: number): Memory<K, T> {
  type Kept = { readonly value: T; readonly weight: number; readonly held: ArrayBufferLike | undefined };
  let young = new Map<K, Kept>();
  let old = new Map<K, Kept>();
  let weight = 0;
  let holds = new Set<ArrayBufferLike>();

  function weightOf({ weight: own, held }: Kept): number {
    return held === undefined || holds.has(held) ? own : own + held.byteLength;
  }

  function keep(key: K, kept: Kept): void {
    if (weight + weightOf(kept) > capacity / 2) {
      old = young;
      young = new Map();
      holds = new Set();
      weight = 0;
    }
    young.set(key, kept);
    weight += weightOf(kept);
    if (kept.held !== undefined) holds.add(kept.held);
  }

  return {
    get(key) {
      const found = young.get(key);
      if (found !== undefined) return found.value;
      const former = old.get(key);
      if (former !== undefined) keep(key, former);
      return former?.value;
    },
    set(key, value, ofValue, held) {
      weight -= young.get(key)?.weight ?? 0;
      young.delete(key);
      old.delete(key);
      if (ofValue + (held?.byteLength ?? 0) <= capacity / 2) keep(key, { value, weight: ofValue, held });
    },
  };
}

/** Runs `make` once for a key at a time: whoever asks while it runs gets the same answer. */
export function oneAtATime<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key, make) => {
    const known = running.get(key);
    if (known !== undefined) return known;
    const started = make().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
