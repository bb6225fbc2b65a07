/** Making a clone ready for signed work on a record. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { type KnownRules, forbiddenCharacter, isTrimmedLine } from '../format/index.js';
import { type Identity, type SignerClass, type Trust, sameEmail } from '../trust/index.js';
import { listedAs } from '../trust/store.js';
import { type Clone, openClone } from './clone.js';
import { loadCredentials } from './credentials.js';
import { readFile, writeAtomic } from './files.js';
import { programFile } from './package.js';
import { type Setting, type SigningSetup, overriding, signingSettings, travelSettings, writeSettings } from './setup-config.js';
import { installAttributes, installHook, writeLauncher } from './setup-files.js';
import type { WrittenEncoding } from './settings.js';
import { loadBundle } from './trust-bundle.js';

/** What `vpr setup` takes. What is absent stays as an earlier run or the user's own configuration has it. */
export interface SetupInput {
  readonly directory: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly encoding?: WrittenEncoding;
  readonly role?: string;
  readonly careLocation?: string;
  readonly email?: string;
  /** The host's trust bundle, which is copied into the clone. */
  readonly trust?: string;
  /** The rules that the bundle's policy may name. */
  readonly rules: KnownRules;
}

/** What was set, where, and what may be in its way. */
export interface SetupDone {
  readonly directory: string;
  readonly settings: readonly Setting[];
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** The trailer `Author-Role` for a certificate whose class the host's policy tells. */
const ROLE_OF: Readonly<Record<SignerClass, string>> = {
  clinician: 'Clinician',
  administrator: 'Care administrator',
  patient: 'Patient',
  associate: 'Patient associate',
  system: 'System',
};

/** Sets a clone up; running it again is harmless. Throws `VprError` before anything is changed. */
export function setUp(input: SetupInput): SetupDone {
  const clone = openClone(input.directory);
  const place = join(clone.gitDirectory, 'vpr');
  const trustFile = input.trust === undefined ? clone.settings.trust : join(place, 'trust.json');
  const trust = input.trust === undefined ? (trustFile === undefined ? undefined : loadBundle(trustFile, input.rules)) : loadBundle(input.trust, input.rules);
  const warnings: string[] = [];
  const signing = signingOf(clone, input, trust?.trust, warnings);
  const settings: Setting[] = [...travelSettings(join(place, 'vpr-merge')), ...wordSettings(clone, input, signing, trust?.trust, warnings)];
  if (signing !== undefined) settings.push(...signingSettings(signing, join(place, 'vpr-sign')));
  if (trustFile !== undefined) settings.push(['vpr.trust', trustFile]);
  else warnings.push("the host's trust bundle is not here: vpr check cannot tell who may sign; get it, then: vpr setup --trust FILE");

  const files = [join(place, 'vpr-sign'), join(place, 'vpr-merge'), join(clone.gitDirectory, 'hooks', 'prepare-commit-msg'), join(clone.gitDirectory, 'info', 'attributes')];
  writeLauncher(join(place, 'vpr-sign'), programFile('vpr-sign'));
  writeLauncher(join(place, 'vpr-merge'), programFile('vpr-merge'));
  const foreign = installHook(join(clone.gitDirectory, 'hooks'), join(place, 'prepare-commit-msg'));
  if (foreign !== undefined) warnings.push(foreign);
  installAttributes(join(clone.gitDirectory, 'info', 'attributes'));
  if (input.trust !== undefined && trustFile !== undefined) {
    writeAtomic(trustFile, readFile(input.trust, "the host's trust bundle"));
    files.push(trustFile);
  }
  writeSettings(clone.directory, [...settings, ['vpr.program', programFile('vpr-sign')]]);
  warnings.push(...overriding(clone.directory, join(clone.gitDirectory, 'hooks')));
  return { directory: clone.directory, settings, files, warnings };
}

function signingOf(clone: Clone, input: SetupInput, trust: Trust | undefined, warnings: string[]): SigningSetup | undefined {
  const certificate = input.certificate === undefined ? clone.settings.certificate : resolve(input.certificate);
  const key = input.key === undefined ? clone.settings.key : resolve(input.key);
  if (certificate === undefined && key === undefined) {
    warnings.push('commits will not be signed, and the host refuses unsigned ones: vpr setup --certificate FILE --key FILE');
    return undefined;
  }
  if (certificate === undefined || key === undefined) {
    throw new VprError('setup/pair', `there is no ${certificate === undefined ? 'certificate' : 'key'} to go with the ${certificate === undefined ? 'key' : 'certificate'}`, {
      help: ['vpr setup --certificate FILE --key FILE'],
    });
  }
  const { chain, identity } = loadCredentials(certificate, key);
  const [leaf] = chain;
  const now = new Date();
  if (now > leaf.notAfter) warnings.push(`the certificate expired on ${leaf.notAfter.toISOString()}: get a new one, then: vpr setup --certificate FILE --key FILE`);
  if ((statSync(key).mode & 0o077) !== 0 && process.platform !== 'win32') warnings.push(`others on this machine can read the key: chmod 600 ${key}`);
  const participantId = identity.participantId ?? (trust === undefined ? undefined : listedAs(trust, leaf)?.participantId);
  if (participantId === undefined) warnings.push(`the certificate has no participant id, and no message can be signed without one: vpr cert issue … --participant new`);
  return {
    certificate,
    key,
    encoding: input.encoding ?? clone.settings.encoding,
    identity,
    email: emailOf(identity, input.email ?? clone.settings.userEmail),
    expires: leaf.notAfter,
    ...(participantId === undefined ? {} : { participantId }),
  };
}

function emailOf({ emails }: Identity, wanted: string | undefined): string {
  const [first] = emails;
  if (first === undefined) {
    if (wanted !== undefined) return wanted;
    throw new VprError('setup/email', 'the certificate has no e-mail address, and git has none either', { help: ['say which: vpr setup --email jane.smith@example.org'] });
  }
  return wanted !== undefined && emails.some((email) => sameEmail(email, wanted)) ? wanted : first;
}

function wordSettings(clone: Clone, input: SetupInput, signing: SigningSetup | undefined, trust: Trust | undefined, warnings: string[]): Setting[] {
  const classes = new Set(trust?.roots.flatMap(({ authorities }) => authorities.filter(({ name }) => name === signing?.identity.organisation).map((authority) => authority.class)));
  const [only] = classes;
  const role = input.role ?? clone.settings.role ?? (classes.size === 1 && only !== undefined ? ROLE_OF[only] : undefined);
  const location = input.careLocation ?? clone.settings.careLocation;
  if (signing !== undefined && role === undefined) warnings.push('Author-Role is not known, and no commit is accepted without it: vpr setup --role Clinician');
  if (signing !== undefined && location === undefined) warnings.push('Care-Location is not known, and no commit is accepted without it: vpr setup --care-location "Oxford University Hospitals"');
  return [
    ...(role === undefined ? [] : [['vpr.role', checkedLine('--role', role)] as const]),
    ...(location === undefined ? [] : [['vpr.careLocation', checkedLine('--care-location', location)] as const]),
  ];
}

function checkedLine(flag: string, text: string): string {
  if (isTrimmedLine(text) && !text.includes('\t') && forbiddenCharacter(text) === undefined) return text;
  throw new VprError('setup/line', `${flag}: expected one line of text without blanks at its ends`);
}
