/** Chance that can be repeated: the same seed, the same run. */

export interface Random {
  /** A whole number from 0 up to, and without, `below`. */
  int(below: number): number;
  /** One of a list that isn't empty. */
  pick<T>(list: readonly T[]): T;
  bytes(count: number): Buffer;
}

/** A small generator (mulberry32): fit for choosing what to try, and for nothing else. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick: (list) => list[int(list.length)] as (typeof list)[number],
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => int(256))),
  };
}
