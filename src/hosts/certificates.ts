import { join } from 'node:path';
import { VprError } from '../errors.js';
import { appendLine, createWhole, readIfThere } from './files.js';
import { hostPaths } from './paths.js';

/** A certificate that a push was accepted with: SHA-256 of issuer and serial number, of tbsCertificate, and of all of it, in hex. */
export interface SeenCertificate {
  readonly place: string;
  readonly tbs: string;
  readonly fingerprint: string;
}

const HEX = /^[0-9a-f]{64}$/;

/**
 * The certificates of one issuer and serial number that pushes were accepted with on this host; undefined
 * where there was none. A line that a crash left unfinished is passed over: that its push was
 * accepted had not been said. Throws `certificates/damaged` where nothing of what is there reads.
 */
export function certificatesAt(root: string, place: string): readonly SeenCertificate[] | undefined {
  const text = readIfThere(certificatePath(root, place));
  if (text === undefined) return undefined;
  const seen = text.split('\n').flatMap((line) => parseLine(place, line));
  if (seen.length > 0) return seen;
  throw new VprError('certificates/damaged', `what this host knows of the certificates at ${place} is damaged`, {
    help: ["the host's administrator restores it from a backup: it is in certificates/, in the directory of the host"],
  });
}

/**
 * Remembers certificates of one place, on the disk before it returns. `judged` is what `certificatesAt` had said
 * when the push was judged: where another push has brought another certificate to that place since, it
 * throws `certificates/claimed`, and the push must be judged again.
 */
export function rememberCertificates(
  root: string,
  place: string,
  seen: readonly SeenCertificate[],
  judged: readonly SeenCertificate[] | undefined,
  time: string,
): void {
  const path = certificatePath(root, place);
  const [first, ...more] = seen.map(({ tbs, fingerprint }) => JSON.stringify({ time, tbs, fingerprint }));
  if (judged === undefined && more.length === 0 && createWhole(path, `${first}\n`)) return;
  const known = certificatesAt(root, place) ?? [];
  const has = (list: readonly SeenCertificate[], { fingerprint }: SeenCertificate) => list.some((one) => one.fingerprint === fingerprint);
  if (known.some((one) => !has(seen, one) && !has(judged ?? [], one))) {
    throw new VprError(
      'certificates/claimed',
      `another push brought another certificate with issuer and serial number at ${place} a moment ago`,
      {
        help: ['push again'],
      },
    );
  }
  for (const [i, one] of seen.entries()) if (!has(known, one)) appendLine(path, [first, ...more][i] as string);
}

function certificatePath(root: string, place: string): string {
  return join(hostPaths(root).certificates, place.slice(0, 2), place.slice(2, 4), `${place}.jsonl`);
}

function parseLine(place: string, line: string): readonly SeenCertificate[] {
  try {
    const { tbs, fingerprint } = JSON.parse(line) as { tbs?: unknown; fingerprint?: unknown };
    if (typeof tbs === 'string' && HEX.test(tbs) && typeof fingerprint === 'string' && HEX.test(fingerprint))
      return [{ place, tbs, fingerprint }];
  } catch {
    // not a whole line
  }
  return [];
}
