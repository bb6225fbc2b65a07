/** Values remembered by key, up to a total weight; what was used longest ago goes first. */
export interface Memory<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, weight: number): void;
}

/** `capacity` and weights are bytes, or anything else that adds up. A value heavier than all of it is not kept. */
export function boundedMemory<T>(capacity: number): Memory<T> {
  const kept = new Map<string, { readonly value: T; readonly weight: number }>();
  let total = 0;

  function drop(key: string): void {
    total -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }

  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set(key, value, weight) {
      drop(key);
      if (weight > capacity) return;
      kept.set(key, { value, weight });
      total += weight;
      for (const oldest of kept.keys()) {
        if (total <= capacity) break;
        drop(oldest);
      }
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
