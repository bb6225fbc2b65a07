/** Durations and sizes as `vpr.yaml` writes them; their shape is the schema's to check. */

const SECONDS = { s: 1, m: 60, h: 3600 } as const;
const BYTES = { B: 1, KiB: 1024, MiB: 1024 * 1024 } as const;

/** Milliseconds of `30s`, `5m`, `1h`. */
export function milliseconds(duration: string): number {
  const unit = duration.at(-1) as keyof typeof SECONDS;
  return Number(duration.slice(0, -1)) * SECONDS[unit] * 1000;
}

/** Bytes of `512 B`, `256 KiB`, `32 MiB`. */
export function bytesOf(size: string): number {
  const [, count, unit] = /^([0-9]+) ?(B|KiB|MiB)$/.exec(size) ?? [];
  return Number(count) * BYTES[unit as keyof typeof BYTES];
}
