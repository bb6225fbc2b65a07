/** Making a clone ready for signed work on a record. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownRules } from '../format/index.js';
import { type Clone, openClone } from './clone.js';
import { readFile, writeAtomic } from './files.js';
import { restoreLineEnds } from './line-ends.js';
import { programFile } from './package.js';
import { readSettings } from './settings.js';
import { foreignSettings, overriding, type Setting, travelSettings, writeSettings } from './setup-config.js';
import { installAttributes, installHook, writeLauncher } from './setup-files.js';
import { outranked } from './setup-outranked.js';
import { type SignerInput, signerPart } from './setup-signer.js';
import { loadBundle } from './trust-bundle.js';

/** What `vpr setup` takes. */
export interface SetupInput extends SignerInput {
  readonly directory: string;
  /** The host's trust bundle, which is copied into the clone; absent: the one that is there. */
  readonly trust?: string;
  /** The rules that the bundle's policy may name. */
  readonly rules: KnownRules;
}

/** What was set, where, and what may be in its way. */
export interface SetupDone {
  readonly directory: string;
  readonly settings: readonly Setting[];
  /** Those of the settings that were otherwise before. */
  readonly changed: readonly Setting[];
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

const NO_TRUST = "the host's trust bundle is not here: vpr check cannot tell who may sign; get it, then: vpr setup --trust FILE";

/** Without the merge driver both sides stay in the file, with conflict markers: to leave one out would lose a message. */
const TEXTUAL_MERGE = 'git merge-file "$3" "$2" "$4"; exit 1';

/** Sets a clone up; running it again is harmless. Throws `VprError` before anything is changed. */
export async function setUp(input: SetupInput): Promise<SetupDone> {
  const clone = openClone(input.directory);
  const inGit = (...names: string[]) => join(clone.gitDirectory, ...names);
  const [sign, merge, trustFile] = [inGit('vpr', 'vpr-sign'), inGit('vpr', 'vpr-merge'), inGit('vpr', 'trust.json')];
  const source = input.trust ?? bundleOf(clone, trustFile);
  const host = source === undefined ? undefined : loadBundle(source, input.rules);
  const signer = signerPart(clone.settings, input, host?.trust, sign, isInherited(clone, input));
  const travel = [...travelSettings(merge), ...foreignSettings(sign)];
  const settings: Setting[] = [
    ...travel,
    ...signer.settings,
    ...(source === undefined ? [] : [['vpr.trust', input.trust === undefined ? source : trustFile] as const]),
    ['vpr.program', programFile('vpr-sign')],
  ];

  const [hooks, attributes] = [inGit('hooks'), inGit('info', 'attributes')];
  writeLauncher(sign, programFile('vpr-sign'));
  writeLauncher(merge, programFile('vpr-merge'), TEXTUAL_MERGE);
  const hook = installHook(hooks, inGit('vpr', 'prepare-commit-msg'));
  installAttributes(attributes);
  if (input.trust !== undefined) writeAtomic(trustFile, readFile(input.trust, "the host's trust bundle"));
  const changed = await writeSettings(clone.directory, settings);
  const lineEnds = restoreLineEnds(clone.directory);
  return {
    directory: clone.directory,
    settings,
    changed,
    files: [sign, merge, hook.file, attributes, ...(input.trust === undefined ? [] : [trustFile])],
    warnings: [
      ...signer.warnings,
      ...(source === undefined ? [NO_TRUST] : []),
      ...hook.warnings,
      ...lineEnds,
      ...(await overriding(clone.directory, hooks)),
      ...outranked(clone.directory, [...travel, ...signer.expected]),
    ],
  };
}

/** The bundle in use; the clone's own copy where the clone was moved, and its configuration names the former place. */
function bundleOf({ settings }: Clone, copy: string): string | undefined {
  const { trust } = settings;
  return trust !== undefined && !existsSync(trust) && existsSync(copy) ? copy : trust;
}

/** Whether the clone signs as the user's own configuration says, and nothing of that is changed for it. */
function isInherited({ directory, settings }: Clone, { certificate, key, encoding, email }: SetupInput): boolean {
  const given = [certificate, key, encoding, email].some((value) => value !== undefined);
  return !given && settings.certificate !== undefined && readSettings(directory, { scope: 'local' }).certificate === undefined;
}
