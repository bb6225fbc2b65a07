/** What the commands about a host's projection have in common. */
import { Args } from '@oclif/core';
import { VprError } from '../errors.js';
import { parseTypedUuid, type Uuid } from '../format/identifiers.js';
import { commandLine } from '../format/shell.js';
import { policyMemory } from '../hooks/receive-policy.js';
import type { HostPaths } from '../hosts/paths.js';
import { openHost, openHostToWrite } from '../hosts/plain.js';
import { databaseError } from '../projections/database.js';
import { type Database, openDatabase } from '../projections/index.js';
import type { ProjectedHost } from '../watch/project.js';
import { type ProjectionSettings, projectionSettings } from '../watch/settings.js';

export const hostArg = Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" });
export const recordArg = Args.string({
  name: 'RECORD',
  ignoreStdin: true,
  description: 'ids of records, one or more; all where none is given',
});

/** A host, and where its projection is. */
export type OpenedHost = ProjectedHost & { readonly settings: ProjectionSettings };

/** Opens a host to ask its projection. Throws `host/not-a-host`, `host/unreadable`, `projections/settings`. */
export function openProjectedHost(directory: string): OpenedHost {
  return projected(openHost(directory));
}

/** Opens a host to write its projection. Throws `host/not-owner` as well. */
export function openHostToProject(directory: string): OpenedHost {
  return projected(openHostToWrite(directory));
}

function projected(paths: HostPaths): OpenedHost {
  return { paths, policy: policyMemory(paths.policy), settings: projectionSettings(paths) };
}

/** Opens the projection of a host to ask it. Throws `projections/missing` with the commands that make one. */
export async function openToRead(paths: HostPaths, location: string): Promise<Database> {
  try {
    return await openDatabase(location, { readOnly: true });
  } catch (error) {
    if (!(error instanceof VprError) || error.code !== 'projections/missing') throw error;
    throw new VprError(error.code, error.message, {
      cause: error,
      help: [commandLine('vpr', 'watch', paths.root), commandLine('vpr', 'projection', 'build', paths.root)],
    });
  }
}

/** Works with an opened projection, and closes it. Where the database fails, throws `projections/database` or `projections/tables`. */
export async function asking<T>(database: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw databaseError(database.name, cause);
  } finally {
    await database.close();
  }
}

/** Ids as a person types them. Throws `projection/record`. */
export function recordIds(words: readonly string[]): Uuid[] {
  return words.map((word) => {
    const id = parseTypedUuid(word);
    if (id === undefined)
      throw new VprError('projection/record', `${JSON.stringify(word)} is not the id of a record`, { help: ['vpr host list DIR'] });
    return id;
  });
}
