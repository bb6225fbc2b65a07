/**
 * What a host trusts, in one file that people can carry: its policy as written,
 * the certificates and revocation lists that the policy names, and how far each
 * record had come. A clone keeps it beside its repository; nothing in it is
 * ever used as a path on disk.
 */
import { hash } from 'node:crypto';
import { VprError } from '../errors.js';
import {
  type Fault,
  type KnownRules,
  type ObjectId,
  type Policy,
  parseInstant,
  parseUuid,
  type Read,
  read,
  readPolicy,
  type Uuid,
  unread,
} from '../format/index.js';
import { loadTrust, type Trust } from '../trust/index.js';
import { readFile } from './files.js';

/** The value of `format` in a bundle. */
export const BUNDLE_FORMAT = 'vpr-trust/1';

/** The largest bundle that is read, in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** How far a record had come when the bundle was made: whoever has less has a history that was set back. */
export interface Baseline {
  /** The newest commit that the host had accepted, by its journal. */
  readonly commit: ObjectId;
  /** When the host had received it: RFC 3339, UTC. */
  readonly received: string;
}

/** What a bundle says. */
export interface TrustContent {
  readonly format: typeof BUNDLE_FORMAT;
  /** The text of vpr.yaml. */
  readonly policy: string;
  /** The certificates and lists the policy names, by the names it uses: PEM, or base64 of DER. */
  readonly files: Readonly<Record<string, string>>;
  /** By record id; a record that is not listed has none. */
  readonly baselines: Readonly<Record<Uuid, Baseline>>;
}

/** A bundle's JSON: what it says, and the digest of that. */
export interface TrustBundle extends TrustContent {
  /** `digestOf` the rest, in hex. */
  readonly digest: string;
}

/** A bundle with its policy read and its certificates loaded. */
export interface HostTrust {
  readonly policy: Policy;
  readonly trust: Trust;
  readonly baselines: TrustContent['baselines'];
  /** The bundle's own. */
  readonly digest: string;
  /** SHA-256 of the text of vpr.yaml, in hex, as the host's journal has it. */
  readonly policyDigest: string;
}

const MEMBERS: ReadonlySet<string> = new Set(['format', 'policy', 'files', 'baselines', 'digest']);
const AGAIN = ['on the host: vpr trust export DIR --out trust.json'];

/**
 * SHA-256 over the canonical form of a bundle's content, in hex. Canonical is
 * JSON without white space, members sorted by their names (RFC 8785, which for
 * texts and tables is just that): how a file is laid out doesn't matter.
 */
export function digestOf({ format, policy, files, baselines }: TrustContent): string {
  return hash('sha256', canonical({ format, policy, files, baselines }), 'hex');
}

/** Gives a bundle its digest. */
export function sealBundle(content: TrustContent): TrustBundle {
  return { ...content, digest: digestOf(content) };
}

/** A bundle as its file has it. */
export function renderBundle(bundle: TrustBundle): string {
  return `${JSON.stringify(bundle, undefined, 2)}\n`;
}

/** Reads a bundle's file, and checks its digest. Strict: what it should not have is a fault, never passed over. */
export function readBundle(bytes: Uint8Array): Read<TrustBundle> {
  if (bytes.length > LARGEST) return unread({ message: `the trust bundle has ${bytes.length} bytes, at most ${LARGEST} are read` });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return unread({ message: 'the trust bundle is not JSON', help: AGAIN });
  }
  if (!isObject(value) || value['format'] !== BUNDLE_FORMAT)
    return unread({ message: `the trust bundle's format is not ${BUNDLE_FORMAT}`, help: AGAIN });
  const { policy, files, baselines, digest } = value;
  const stranger = Object.keys(value).find((name) => !MEMBERS.has(name));
  if (stranger !== undefined) return unread({ message: `the trust bundle has a member ${JSON.stringify(stranger)}, which it should not` });
  if (typeof policy !== 'string') return unread({ message: 'the trust bundle has no policy' });
  if (!isObject(files) || !Object.values(files).every((text) => typeof text === 'string'))
    return unread({ message: 'the trust bundle has no table of files' });
  if (!isObject(baselines) || !Object.entries(baselines).every(([id, baseline]) => parseUuid(id) === id && isBaseline(baseline)))
    return unread({ message: 'the trust bundle has no table of baselines' });
  const content = { format: BUNDLE_FORMAT, policy, files, baselines } as TrustContent;
  const own = digestOf(content);
  if (digest !== own)
    return unread({
      message: `the trust bundle's digest is not that of what it says, ${own}: it was changed, or damaged on the way`,
      help: AGAIN,
    });
  return read({ ...content, digest: own });
}

/** Loads policy, certificates and lists out of a bundle. `rules`: what a policy may name. */
export function openBundle(bundle: TrustBundle, rules: KnownRules): Read<HostTrust> {
  const policy = readPolicy(Buffer.from(bundle.policy, 'utf8'), rules);
  if (!policy.ok) return policy;
  const trust = loadTrust(policy.value, (path) => {
    const text = Object.hasOwn(bundle.files, path) ? bundle.files[path] : undefined;
    return text === undefined ? undefined : Buffer.from(text, text.startsWith('-----') ? 'latin1' : 'base64');
  });
  if (!trust.ok) return trust;
  const { baselines, digest } = bundle;
  return read({ policy: policy.value, trust: trust.value, baselines, digest, policyDigest: hash('sha256', bundle.policy, 'hex') });
}

/** Reads and opens a bundle's file. Throws `trust/unreadable`, `file/…`. */
export function loadBundle(path: string, rules: KnownRules): HostTrust {
  const bundle = readBundle(readFile(path, "the host's trust bundle", ['get it from the host, and name it: --trust FILE']));
  if (!bundle.ok) throw refusal(path, bundle.faults);
  const opened = openBundle(bundle.value, rules);
  if (!opened.ok) throw refusal(path, opened.faults);
  return opened.value;
}

/** All faults of a bundle, or of what it is made from, as one error. */
export function refusal(path: string, faults: readonly Fault[]): VprError {
  const lines = faults.map(({ message, line }) => `${message}${line === undefined ? '' : ` (line ${line})`}`);
  return new VprError('trust/unreadable', `${path}: ${lines.join('; ')}`, { help: [...new Set(faults.flatMap(({ help }) => help ?? []))] });
}

function isBaseline(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).sort().join() !== 'commit,received') return false;
  const { commit, received } = value;
  return (
    typeof commit === 'string' && /^[0-9a-f]{40}$/.test(commit) && typeof received === 'string' && parseInstant(received) !== undefined
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function canonical(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}
