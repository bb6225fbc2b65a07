/** Signing in every repository of a person: what `vpr setup --global` does. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFile, writeAtomic } from './files.js';
import { programFile } from './package.js';
import { readSettings } from './settings.js';
import type { SetupDone, SetupInput } from './setup.js';
import { type Setting, writeSettings } from './setup-config.js';
import { writeLauncher } from './setup-files.js';
import { signerPart } from './setup-signer.js';
import { loadBundle } from './trust-bundle.js';

const SIGNS_EVERYWHERE =
  'every repository of yours signs with this certificate now, and its name and e-mail; elsewhere than in records: git config commit.gpgSign false';
const CLONES_TOO = 'each clone of a record needs vpr setup as well (without flags): for its trailers, and for merging threads';

/**
 * Sets a person's own configuration up: who they are, how they sign, whom they
 * trust. Not how commits travel, nor the hook and the merge drivers: those are a
 * record's clone's. Throws `VprError` before anything is changed.
 */
export async function setUpGlobally(input: Omit<SetupInput, 'directory'>): Promise<SetupDone> {
  const home = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'vpr');
  const [sign, trustFile] = [join(home, 'vpr-sign'), join(home, 'trust.json')];
  const former = readSettings('.', { scope: 'global' });
  const source = input.trust ?? former.trust;
  const host = source === undefined ? undefined : loadBundle(source, input.rules);
  const signer = signerPart(former, input, host?.trust, sign);
  const settings: Setting[] = [
    ...signer.settings,
    ...(source === undefined ? [] : [['vpr.trust', input.trust === undefined ? source : trustFile] as const]),
    ['vpr.program', programFile('vpr-sign')],
  ];
  writeLauncher(sign, programFile('vpr-sign'));
  if (input.trust !== undefined) writeAtomic(trustFile, readFile(input.trust, "the host's trust bundle"));
  const changed = await writeSettings('.', settings, 'global');
  return {
    directory: 'your own Git configuration',
    settings,
    changed,
    files: [sign, ...(input.trust === undefined ? [] : [trustFile])],
    warnings: [...signer.warnings, SIGNS_EVERYWHERE, CLONES_TOO],
  };
}
