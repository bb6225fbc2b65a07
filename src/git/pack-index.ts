import { openParts } from './file-part.js';

/** Where the objects of one pack lie in it. */
export interface PackIndex {
  /** How many objects it has. */
  readonly count: number;
  /** The checksum that its pack ends with. */
  checksum(): Buffer;
  /** The offset of an object; undefined where the pack doesn't have it. */
  find(id: Buffer): number | undefined;
  /** Every id that stands in it, in hex. Ends early where the file does. */
  ids(): Generator<string>;
  /** Ids that stand in it more than once, with their offsets; undefined where its ids are in no order, so that whoever searches it in another way finds another object. */
  repeated(): ReadonlyMap<string, readonly number[]> | undefined;
  close(): void;
}

const ID = 20;
const MAGIC = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const FANOUT = 256 * 4;
/** Ids that are read at once where all of them are. */
const AT_ONCE = 3000;
/** Names that begin with the same byte; more than any repository of a record has. */
const MOST_ALIKE = 1_000_000;
/** Ids are as good as evenly spread, so that the first few looks go where one should be; then halves, since somebody may have chosen them. */
const GUESSES = 4;

/** A little before or after a place that was too high or too low, within what is left. */
function near(place: number, order: number, low: number, high: number, step: number): number {
  const next = order < 0 ? place + 1 + step : place - 1 - step;
  return Math.max(low, Math.min(high - 1, next));
}

/** As `Buffer.compare`, which costs ten times as much for so few bytes. */
function compareIds(one: Buffer, other: Buffer): number {
  for (let at = 0; at < ID; at += 1) {
    const difference = (one[at] ?? -1) - (other[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Opens an index (gitformat-pack, version 2, of a SHA-1 repository); undefined where it is no such file. */
export function openPackIndex(path: string): PackIndex | undefined {
  const file = openParts(path);
  if (file === undefined) return undefined;
  const head = file.part(0, MAGIC.length + FANOUT);
  const names = MAGIC.length + FANOUT;
  if (head.length < names || !head.subarray(0, MAGIC.length).equals(MAGIC)) {
    file.close();
    return undefined;
  }
  const upTo = (byte: number) => (byte < 0 ? 0 : head.readUInt32BE(MAGIC.length + byte * 4));
  const count = upTo(255);
  const offsets = names + count * (ID + 4);
  // As git asks: room for every object's id, checksum and offset, and for at most as many large offsets but one.
  const least = offsets + count * 4 + 2 * ID;
  if (file.size < least || file.size > least + Math.max(0, count - 1) * 8) {
    file.close();
    return undefined;
  }

  function offsetAt(place: number): number | undefined {
    const small = file?.part(offsets + place * 4, 4);
    if (small?.length !== 4) return undefined;
    const value = small.readUInt32BE();
    if (value < 2 ** 31) return value;
    const large = file?.part(offsets + count * 4 + (value - 2 ** 31) * 8, 8);
    return large?.length === 8 ? Number(large.readBigUInt64BE()) : undefined;
  }

  /** Every id, in its place; fewer than `count` where the file ends early. */
  function* allIds(): Generator<{ readonly id: Buffer; readonly place: number }> {
    for (let first = 0; first < count; first += AT_ONCE) {
      const ids = file?.part(names + first * ID, Math.min(AT_ONCE, count - first) * ID) ?? Buffer.alloc(0);
      for (let at = 0; at + ID <= ids.length; at += ID) yield { id: ids.subarray(at, at + ID), place: first + at / ID };
    }
  }

  return {
    count,
    checksum: () => file.part(file.size - 2 * ID, ID),
    find(id) {
      const [from, to] = [upTo((id[0] ?? 0) - 1), upTo(id[0] ?? 0)];
      if (to <= from || to - from > MOST_ALIKE) return undefined;
      const spread = id.readUIntBE(1, 3) / 2 ** 24;
      let place = from + Math.floor((to - from) * spread);
      let [low, high] = [from, to];
      for (let look = 1; low < high; look += 1) {
        const order = compareIds(file.part(names + place * ID, ID), id);
        if (order === 0) return offsetAt(place);
        if (order < 0) low = place + 1;
        else high = place;
        place = look < GUESSES ? near(place, order, low, high, (to - from) >> 7) : (low + high) >> 1;
      }
      return undefined;
    },
    *ids() {
      for (const { id } of allIds()) yield id.toString('hex');
    },
    repeated() {
      const found = new Map<string, readonly number[]>();
      let former: Buffer = Buffer.alloc(0);
      let seen = 0;
      for (const { id: own, place } of allIds()) {
        const order = Buffer.compare(former, own);
        const first = own[0] ?? 0;
        if (order > 0 || place < upTo(first - 1) || place >= upTo(first)) return undefined;
        if (order === 0) {
          const id = own.toString('hex');
          const offsets = found.get(id) ?? [offsetAt(place - 1) ?? -1];
          found.set(id, [...offsets, offsetAt(place) ?? -1]);
        }
        former = own;
        seen += 1;
      }
      return seen === count ? found : undefined;
    },
    close: () => file.close(),
  };
}
