/** Values remembered by key, up to a total weight; what was used longest ago goes first. */
export interface Memory<K, T> {
  get(key: K): T | undefined;
  /** `held` is memory that the value keeps and others may keep as well: it weighs as much as it has bytes, once for all of them. */
  set(key: K, value: T, weight: number, held?: ArrayBufferLike): void;
  /** What isn't asked for again makes room. */
  forget(key: K): void;
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
  let young = table<K, T>();
  let old = table<K, T>();

  function keep(key: K, kept: Kept<T>): void {
    if (young.weight() + young.weightOf(kept) > capacity / 2) {
      old = young;
      young = table();
    }
    young.add(key, kept);
  }

  return {
    get(key) {
      const found = young.get(key);
      if (found !== undefined) return found.value;
      const former = old.get(key);
      if (former !== undefined) keep(key, former);
      return former?.value;
    },
    set(key, value, weight, held) {
      young.remove(key);
      old.remove(key);
      if (weight + (held?.byteLength ?? 0) <= capacity / 2) keep(key, { value, weight, held });
    },
    forget(key) {
      young.remove(key);
      old.remove(key);
    },
  };
}

interface Kept<T> {
  readonly value: T;
  readonly weight: number;
  readonly held: ArrayBufferLike | undefined;
}

/** Values with their weight, and how many of them hold each memory. */
function table<K, T>() {
  const values = new Map<K, Kept<T>>();
  const holders = new Map<ArrayBufferLike, number>();
  let total = 0;

  function weightOf({ weight, held }: Kept<T>): number {
    return held === undefined || holders.has(held) ? weight : weight + held.byteLength;
  }

  return {
    get: (key: K) => values.get(key),
    weight: () => total,
    /** What it would add. */
    weightOf,
    add(key: K, kept: Kept<T>): void {
      total += weightOf(kept);
      values.set(key, kept);
      if (kept.held !== undefined) holders.set(kept.held, (holders.get(kept.held) ?? 0) + 1);
    },
    remove(key: K): void {
      const kept = values.get(key);
      if (kept === undefined) return;
      values.delete(key);
      const others = kept.held === undefined ? 0 : (holders.get(kept.held) ?? 0) - 1;
      if (kept.held !== undefined && others === 0) holders.delete(kept.held);
      else if (kept.held !== undefined) holders.set(kept.held, others);
      total -= weightOf(kept);
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
