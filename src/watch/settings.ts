/** `projections.yaml`: where a host's projection is, and how it is kept. */
import { readFileSync } from 'node:fs';
import { codeOf, VprError } from '../errors.js';
import type { ProjectionsFile } from '../format/generated/types.js';
import { readTyped } from '../format/schema.js';
import { readYaml } from '../format/yaml.js';
import { nodeAt } from '../format/yaml-place.js';
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
/** Of the file's format. */
const VERSION = 1;

/** Reads it; what it leaves out, and a file that isn't there, mean what is usual. Throws `projections/settings` with every fault. */
export function projectionSettings({ settings, database }: HostPaths): ProjectionSettings {
  const bytes = bytesOf(settings);
  refuseNewer(bytes);
  const reading = readTyped<ProjectionsFile>(bytes, 'projections');
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

/** What a newer program reads may have keys that this one takes for mistakes: nothing else is said of it. */
function refuseNewer(bytes: Uint8Array): void {
  const yaml = readYaml(bytes);
  const node = yaml.ok ? nodeAt(yaml.value.root, ['version']) : undefined;
  const version = node?.kind === 'scalar' && /^[1-9][0-9]{0,8}$/.test(node.text) ? Number(node.text) : VERSION;
  if (version <= VERSION) return;
  throw new VprError('projections/settings', `projections.yaml is of version ${version}, and this vpr reads version ${VERSION}`, {
    help: [
      'install the vpr that it was written for',
      `or write it as version ${VERSION} has it: docs/projections.md says what may stand in it`,
    ],
  });
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return Buffer.from(`version: ${VERSION}\n`);
    throw new VprError('projections/settings', `projections.yaml cannot be read: ${codeOf(cause) ?? 'unknown'}`, { cause });
  }
}
