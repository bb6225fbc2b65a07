/** `projections.yaml`: where a host's projection is, and how it is kept. */
import { readFileSync } from 'node:fs';
import { codeOf, VprError } from '../errors.js';
import type { ProjectionsFile } from '../format/generated/types.js';
import { readTyped } from '../format/schema.js';
import type { HostPaths } from '../hosts/paths.js';
import type { ReadVerify } from './checked.js';

/** The file with nothing left out. */
export interface ProjectionSettings {
  /** A file's path (SQLite), or a URL `postgres://…`, which may hold a password. */
  readonly database: string;
  /** How often everything is looked at, in minutes. */
  readonly scanMinutes: number;
  /** Whether reading commands check signatures as well. */
  readonly readVerify: ReadVerify;
}

const SCAN_MINUTES = 15;

/** Reads it; what it leaves out, and a file that isn't there, mean what is usual. Throws `projections/settings` with every fault. */
export function projectionSettings({ settings, database }: HostPaths): ProjectionSettings {
  const reading = readTyped<ProjectionsFile>(bytesOf(settings), 'projections');
  if (!reading.ok) {
    const lines = reading.faults.map(({ message, line }) => (line === undefined ? message : `line ${line}: ${message}`));
    throw new VprError('projections/settings', `projections.yaml: ${lines.join('; ')}`, {
      help: ['docs/projections.md says what may stand in it'],
    });
  }
  const { value } = reading;
  return {
    database: value.database ?? database,
    scanMinutes: value.watch?.scan_minutes ?? SCAN_MINUTES,
    readVerify: value.read?.verify ?? 'off',
  };
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return Buffer.from('version: 1\n');
    throw new VprError('projections/settings', `projections.yaml cannot be read: ${codeOf(cause) ?? 'unknown'}`, { cause });
  }
}
