import { openParts } from './file-part.js';

/** Where the objects of one pack lie in it. */
export interface PackIndex {
  /** The offset of an object; undefined where the pack doesn't have it. */
  find(id: Buffer): number | undefined;
  close(): void;
}

const ID = 20;
const MAGIC = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const FANOUT = 256 * 4;
/** Names that begin with the same byte; more than any repository of a record has. */
const MOST_ALIKE = 1_000_000;

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

  function offsetAt(place: number): number | undefined {
    const small = file?.part(offsets + place * 4, 4);
    if (small?.length !== 4) return undefined;
    const value = small.readUInt32BE();
    if (value < 2 ** 31) return value;
    const large = file?.part(offsets + count * 4 + (value - 2 ** 31) * 8, 8);
    return large?.length === 8 ? Number(large.readBigUInt64BE()) : undefined;
  }

  return {
    find(id) {
      const [from, to] = [upTo((id[0] ?? 0) - 1), upTo(id[0] ?? 0)];
      if (to <= from || to - from > MOST_ALIKE) return undefined;
      const alike = file.part(names + from * ID, (to - from) * ID);
      let [low, high] = [0, to - from];
      while (low < high) {
        const middle = (low + high) >> 1;
        const order = alike.compare(id, 0, ID, middle * ID, (middle + 1) * ID);
        if (order === 0) return offsetAt(from + middle);
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      return undefined;
    },
    close: () => file.close(),
  };
}
