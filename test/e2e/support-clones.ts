/** Clones of a record as clinicians have them: set up by `vpr setup`, written to by the record's own writers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginCoordination, prepareDirectory } from '../../src/records/init-coordination.js';
import { setUp } from '../../src/records/setup.js';
import { createThread } from '../../src/records/thread-create.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { openWriter } from '../../src/records/writer.js';
import type { Person } from '../../src/validators/example.js';
import { KNOWN_RULES } from '../../src/validators/rules.js';
import type { People } from '../support/people.js';
import { gitEnvironment, gitLine, type TestHost } from './support.js';

/** Clones a host's repository (from `url`, where it isn't its path) and sets the clone up for a person. */
export async function cloneFor(
  directory: string,
  { directory: host, repository }: TestHost,
  { people }: People,
  { person = 'jane' as Person, name = 'clone', url = repository, config = 'core.askPass=' } = {},
): Promise<string> {
  // What runs git in this process goes by its environment.
  Object.assign(process.env, { ...gitEnvironment(), HOME: process.env['HOME'] });
  const clone = join(directory, name);
  await gitLine(directory, 'clone', '--quiet', '-c', config, url, clone);
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(host, KNOWN_RULES)));
  await setUp({ directory: clone, ...people[person].files, careLocation: 'Oxford University Hospitals', trust, rules: KNOWN_RULES });
  return clone;
}

/** Begins the record in an empty clone, with one thread that Jane and Tom take part in; the thread's id. */
export function beginRecord(clone: string, { people }: People): string {
  // Where the server drops protocol 2, as sshd does, an empty clone begins on git's default branch.
  prepareDirectory(clone);
  beginCoordination(openWriter(clone), {});
  const { id, name } = people.tom;
  const { thread } = createThread(openWriter(clone), {
    participants: [{ participant_id: id, role: 'clinician', display_name: name }],
    body: 'Please review chest X-ray.',
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  return thread;
}
