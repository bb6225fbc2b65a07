/** Who signs in a clone, and in what words: from the flags of `vpr setup`, what an earlier run left, and the host's policy. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { VprError } from '../errors.js';
import { type Fault, forbiddenCharacter, isTrimmedLine } from '../format/index.js';
import { type Certificate, type Identity, type SignerClass, sameEmail, type Trust } from '../trust/index.js';
import { type CertificatePath, isSelfSigned } from '../trust/path/build.js';
import { establishSigner } from '../trust/signer.js';
import { listedAs } from '../trust/store.js';
import { compareCarried } from '../trust/verify.js';
import { chainLack } from './chain.js';
import { glanceAtCredentials, loadCredentials } from './credentials.js';
import type { Settings, WrittenEncoding } from './settings.js';
import { type Setting, type SigningSetup, signingSettings } from './setup-config.js';

/** What `vpr setup` is told of the signer. What is absent stays as an earlier run or the user's own configuration has it. */
export interface SignerInput {
  readonly certificate?: string;
  readonly key?: string;
  readonly encoding?: WrittenEncoding;
  readonly role?: string;
  readonly careLocation?: string;
  readonly email?: string;
}

/** Settings, and what a person should know of them. */
export interface SignerPart {
  readonly settings: readonly Setting[];
  /** What git itself must be told, here or in the user's own configuration, for commits to be this signer's. */
  readonly expected: readonly Setting[];
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

/**
 * The signer's part of a set-up. `program` is what git runs to sign; `inherited`
 * says that the user's own configuration has the certificate (`vpr setup
 * --global`), which a clone must not keep a copy of that grows old. Throws
 * `VprError` where something given won't do.
 */
export function signerPart(former: Settings, input: SignerInput, trust: Trust | undefined, program: string, inherited = false): SignerPart {
  const signing = signingOf(former, input, trust);
  const role = input.role ?? former.role ?? roleOf(signing?.identity, trust);
  const location = input.careLocation ?? former.careLocation;
  const signs = signing === undefined ? [] : signingSettings(signing, program);
  const settings: Setting[] = [
    ...(role === undefined ? [] : [['vpr.role', checkedLine('--role', role)] as const]),
    ...(location === undefined ? [] : [['vpr.careLocation', checkedLine('--care-location', location)] as const]),
    ...(inherited ? [] : signs),
  ];
  const expected = signs.filter(([key]) => DECISIVE.includes(key));
  const unsigned = signing === undefined && (former.signsBy === undefined || basename(former.signsBy) === basename(program));
  const warnings = signing === undefined ? [] : signerWarnings(signing);
  return { settings, expected, warnings: unsigned ? [UNSIGNED] : [...warnings, ...wordWarnings(role, location)] };
}

/** Whether git signs, how, and as whom. */
const DECISIVE = ['gpg.format', 'commit.gpgSign', 'user.signingKey', 'user.name', 'user.email'];

const UNSIGNED = 'commits will not be signed, and the host refuses unsigned ones: vpr setup --certificate FILE --key FILE';

/** How a clone will sign. `unchecked`: whether the key, which is under a passphrase, is the certificate's is not known yet. */
type Signing = SigningSetup & {
  readonly unchecked: boolean;
  /** Why the host would not accept what is signed now. */
  readonly refused: readonly Fault[];
  /** What mends that where the certificate's file is why. */
  readonly mend: readonly string[];
};

function signingOf(former: Settings, input: SignerInput, trust: Trust | undefined): Signing | undefined {
  const certificate = input.certificate === undefined ? former.certificate : resolve(input.certificate);
  const key = input.key === undefined ? former.key : resolve(input.key);
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    const [missing, given] = certificate === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
    throw new VprError('setup/pair', `there is no ${missing} to go with the ${given}`, {
      help: ['vpr setup --certificate FILE --key FILE'],
    });
  }
  const { chain, identity, unchecked } = pairOf(certificate, key, input);
  const [leaf] = chain;
  const encoding = input.encoding ?? former.encoding;
  return {
    unchecked,
    refused: trust === undefined ? [] : hostFaults(chain, encoding, trust),
    mend: trust === undefined ? [] : (chainLack(certificate, chain, encoding, trust)?.help ?? []),
    certificate,
    key,
    encoding,
    identity,
    email: emailOf(identity, input.email, former.userEmail),
    expires: leaf.notAfter,
    participantId: identity.participantId ?? (trust === undefined ? undefined : listedAs(trust, leaf)?.participantId),
  };
}

/** A pair that is new is checked; where nobody can be asked for the key's passphrase, the first commit will show. */
function pairOf(certificate: string, key: string, input: SignerInput) {
  if (input.certificate === undefined && input.key === undefined) return { ...glanceAtCredentials(certificate, key), unchecked: false };
  try {
    return { ...loadCredentials(certificate, key), unchecked: false };
  } catch (error) {
    if (!(error instanceof VprError) || error.code !== 'passphrase/nobody-to-ask') throw error;
    return { ...glanceAtCredentials(certificate, key), unchecked: true };
  }
}

/** What the host would say of the signer today. A container has no place for intermediates: the host must hold them. */
function hostFaults(
  [leaf, ...others]: readonly [Certificate, ...Certificate[]],
  encoding: WrittenEncoding,
  trust: Trust,
): readonly Fault[] {
  const moment = { at: new Date(), known: 'host' } as const;
  // What vpr-sign puts into a signature: see signPayload.
  const carried = encoding === 'cms' ? [leaf, ...others.filter((other) => !isSelfSigned(other))] : [];
  const faultsOf = (path: CertificatePath) => (encoding === 'cms' ? compareCarried('cms', carried, path) : []);
  const established = establishSigner(leaf, carried, trust, moment, (path) => faultsOf(path).length === 0);
  return 'faults' in established ? established.faults : faultsOf(established.path);
}

/** One the certificate certifies, where it certifies any: the one asked for, the one in use, or its first. */
function emailOf({ emails }: Identity, asked: string | undefined, former: string | undefined): string {
  const [first] = emails;
  const certified = (email: string) => emails.some((one) => sameEmail(one, email));
  if (first === undefined && (asked ?? former) === undefined) {
    throw new VprError('setup/email', 'the certificate has no e-mail address, and git has none either', {
      help: ['say which: vpr setup --email jane.smith@example.org'],
    });
  }
  if (first !== undefined && asked !== undefined && !certified(asked)) {
    throw new VprError('setup/email', `the certificate does not have the e-mail address ${asked}`, {
      help: emails.map((email) => `--email ${email}`),
    });
  }
  const wanted = asked ?? former;
  return first === undefined || (wanted !== undefined && certified(wanted)) ? (wanted ?? '') : first;
}

/** The role of the class that the host's policy gives the holder's authority, where it is one class alone. */
function roleOf(identity: Identity | undefined, trust: Trust | undefined): string | undefined {
  const authorities = [...(trust?.roots ?? []), ...(trust?.listed ?? [])].flatMap((anchor) => anchor.authorities ?? []);
  const classes = new Set(authorities.filter(({ name }) => name === identity?.organisation).map((authority) => authority.class));
  const [only, ...others] = classes;
  return only === undefined || others.length > 0 ? undefined : ROLE_OF[only];
}

function signerWarnings({ key, expires, participantId, unchecked, refused, mend }: Signing): string[] {
  const warnings: string[] = [];
  if (unchecked) {
    warnings.push(
      `the key in ${key} is protected by a passphrase, which nobody could be asked for: whether it is the certificate's will show when you commit`,
    );
  }
  if (expires < new Date()) {
    warnings.push(`the certificate expired on ${expires.toISOString()}: get a new one, then: vpr setup --certificate FILE --key FILE`);
  } else if (refused.length > 0) {
    warnings.push(
      `the host, as trust.json has it, would refuse what this certificate signs: ${[...refused.map(({ message }) => message), ...mend].join('; ')}`,
    );
  }
  if ((statSync(key).mode & 0o077) !== 0 && process.platform !== 'win32') {
    warnings.push(`others on this machine can read the key: chmod 600 ${key}`);
  }
  if (participantId === undefined) {
    warnings.push('the certificate has no participant id, and no message can be signed without one: vpr cert issue … --participant new');
  }
  return warnings;
}

function wordWarnings(role: string | undefined, location: string | undefined): string[] {
  const warnings: string[] = [];
  if (role === undefined) warnings.push('Author-Role is not known, and no commit is accepted without it: vpr setup --role Clinician');
  if (location === undefined) {
    warnings.push(
      'Care-Location is not known, and no commit is accepted without it: vpr setup --care-location "Oxford University Hospitals"',
    );
  }
  return warnings;
}

function checkedLine(flag: string, text: string): string {
  if (isTrimmedLine(text) && !text.includes('\t') && forbiddenCharacter(text) === undefined) return text;
  throw new VprError('setup/line', `${flag}: expected one line of text without blanks at its ends`);
}
