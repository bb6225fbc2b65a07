/** A host's policy, `vpr.yaml`: read by its schema, defaults filled in, units resolved. */
import type { Severity } from '../problem.js';
import { type Fault, type Read, read } from './fault.js';
import type { AuthorityGrant, CertificateFile, PolicyFile, RevocationMode, RootFile, SignerClass } from './generated/types.js';
import { parseUuid, type Uuid } from './identifiers.js';
import { type KnownRules, policyFaults } from './policy-faults.js';
import { bytesOf, milliseconds } from './policy-units.js';
import { readTypedDocument } from './schema.js';
import { lineOf } from './yaml-place.js';

export type { KnownRules } from './policy-faults.js';

/** An authority that a certificate may certify, and the class that it stands for. */
export interface PolicyAuthority {
  readonly name: string;
  readonly class: SignerClass;
}

export interface PolicyRoot {
  /** Path relative to `vpr.yaml`. */
  readonly file: string;
  readonly authorities: readonly PolicyAuthority[];
}

export interface PolicyCertificate {
  readonly file: string;
  /** Given: trusted by itself, for these. Absent: only listed, and must chain to a root. */
  readonly authorities?: readonly PolicyAuthority[];
  /** Canonical: for a certificate without one, or to allow a known id with other registrations. */
  readonly participantId?: Uuid;
}

export interface PolicyLimits {
  /** The largest YAML file and the largest thread, in bytes. */
  readonly yamlBytes: number;
  readonly threadBytes: number;
  readonly commitsPerPush: number;
  readonly filesPerCommit: number;
  /** Names in a path. */
  readonly pathDepth: number;
  /** The largest commit object and the largest tree object, in bytes. */
  readonly commitBytes: number;
  readonly treeBytes: number;
  /** How long one push may be looked at. */
  readonly seconds: number;
}

/** `vpr.yaml` with nothing left out. */
export interface Policy {
  readonly version: 1;
  /** The host's own organisations, as ledgers name them. */
  readonly organisations: readonly string[];
  readonly roots: readonly PolicyRoot[];
  readonly intermediates: readonly string[];
  readonly certificates: readonly PolicyCertificate[];
  /** Files with revocation lists, paths relative to `vpr.yaml`. */
  readonly crls: readonly string[];
  /** What is done where it is not known whether a certificate is revoked. */
  readonly revocation: RevocationMode;
  /** How far clocks may differ, in milliseconds. */
  readonly skewMs: number;
  readonly limits: PolicyLimits;
  /** What the host says of single rules; `error` where it says nothing. */
  readonly rules: Readonly<Record<string, Severity>>;
  /** How long the resident validator stays without a push; with 0 there is none. */
  readonly residentMinutes: number;
  readonly patientsMayOpenThreads: boolean;
  readonly systemMayRecord: boolean;
}

/** What holds where `vpr.yaml` says nothing: nobody is trusted, and every rule is an error. */
export const DEFAULT_POLICY: Policy = {
  version: 1,
  organisations: [],
  roots: [],
  intermediates: [],
  certificates: [],
  crls: [],
  revocation: 'off',
  skewMs: milliseconds('5m'),
  limits: {
    yamlBytes: bytesOf('256 KiB'),
    threadBytes: bytesOf('32 MiB'),
    commitsPerPush: 1000,
    filesPerCommit: 1000,
    pathDepth: 8,
    commitBytes: bytesOf('64 KiB'),
    treeBytes: bytesOf('4 MiB'),
    seconds: 60,
  },
  rules: {},
  residentMinutes: 10,
  patientsMayOpenThreads: false,
  systemMayRecord: false,
};

/**
 * Reads `vpr.yaml`. An unknown key, rule or value is a fault, never passed
 * over: a typing error must not loosen anything.
 *
 * @param rules the ids of all rules there are, and whether a policy may not touch them
 */
export function readPolicy(bytes: Uint8Array, rules: KnownRules): Read<Policy> {
  const reading = readTypedDocument<PolicyFile>(bytes, 'policy');
  if (!reading.ok) return reading;
  const { value, document } = reading.value;
  const faults = policyFaults(value, rules).map(({ path, ...fault }): Fault => ({ ...fault, line: lineOf(document, path) }));
  return faults.length === 0 ? read(normalised(value)) : { ok: false, faults };
}

function normalised(file: PolicyFile): Policy {
  const { limits = {} } = file;
  const standard = DEFAULT_POLICY;
  const size = (given: string | undefined, otherwise: number) => (given === undefined ? otherwise : bytesOf(given));
  return {
    version: file.version,
    organisations: file.organisations ?? standard.organisations,
    roots: (file.roots ?? []).map(root),
    intermediates: file.intermediates ?? standard.intermediates,
    certificates: (file.certificates ?? []).map(certificate),
    crls: file.crls ?? standard.crls,
    // Who lists revocation lists wants them looked at.
    revocation: file.revocation ?? ((file.crls ?? []).length > 0 ? 'warn' : standard.revocation),
    skewMs: file.skew === undefined ? standard.skewMs : milliseconds(file.skew),
    limits: {
      yamlBytes: size(limits.yaml_bytes, standard.limits.yamlBytes),
      threadBytes: size(limits.thread_bytes, standard.limits.threadBytes),
      commitsPerPush: limits.commits_per_push ?? standard.limits.commitsPerPush,
      filesPerCommit: limits.files_per_commit ?? standard.limits.filesPerCommit,
      pathDepth: limits.path_depth ?? standard.limits.pathDepth,
      commitBytes: size(limits.commit_bytes, standard.limits.commitBytes),
      treeBytes: size(limits.tree_bytes, standard.limits.treeBytes),
      seconds: limits.seconds ?? standard.limits.seconds,
    },
    rules: file.rules ?? standard.rules,
    residentMinutes: file.resident_minutes ?? standard.residentMinutes,
    patientsMayOpenThreads: file.patients_may_open_threads ?? standard.patientsMayOpenThreads,
    systemMayRecord: file.system_may_record ?? standard.systemMayRecord,
  };
}

function root({ file, authorities }: RootFile): PolicyRoot {
  return { file, authorities: authorities.map(authority) };
}

function certificate({ file, authorities, participant_id }: CertificateFile): PolicyCertificate {
  const participantId = participant_id === undefined ? undefined : parseUuid(participant_id);
  return {
    file,
    ...(authorities === undefined ? {} : { authorities: authorities.map(authority) }),
    ...(participantId === undefined ? {} : { participantId }),
  };
}

function authority({ name, class: signerClass }: AuthorityGrant): PolicyAuthority {
  return { name, class: signerClass };
}
