/**
 * What a host trusts, in one file that people can carry: its policy as written
 * and the certificates that the policy names. A clone keeps it beside its
 * repository; nothing in it is ever used as a path on disk.
 */
import { dirname, join } from 'node:path';
import { VprError } from '../errors.js';
import { type Fault, type KnownRules, type Policy, type Read, read, readPolicy, unread } from '../format/index.js';
import { loadTrust, type Trust } from '../trust/index.js';
import { readFile } from './files.js';

/** The value of `format` in a bundle. */
export const BUNDLE_FORMAT = 'vpr-trust/1';

/** The largest bundle that is read, in bytes. */
const LARGEST = 8 * 1024 * 1024;

/** A bundle's JSON. */
export interface TrustBundle {
  readonly format: typeof BUNDLE_FORMAT;
  /** The text of vpr.yaml. */
  readonly policy: string;
  /** The certificates the policy names, by the names it uses: PEM, or base64 of DER. */
  readonly files: Readonly<Record<string, string>>;
}

/** A bundle with its policy read and its certificates loaded. */
export interface HostTrust {
  readonly policy: Policy;
  readonly trust: Trust;
}

/** The bundle of a host's directory. Throws where the policy or a certificate does not read. `rules`: what a policy may name. */
export function exportBundle(hostDirectory: string, rules: KnownRules): TrustBundle {
  const path = join(hostDirectory, 'vpr.yaml');
  const bytes = readFile(path, "the host's policy");
  const policy = readPolicy(bytes, rules);
  if (!policy.ok) throw refusal(path, policy.faults);
  const files = Object.fromEntries(
    filesOf(policy.value).map((name) => [name, textOf(readFile(join(dirname(path), name), `the certificate ${name} that vpr.yaml names`))]),
  );
  const bundle: TrustBundle = { format: BUNDLE_FORMAT, policy: bytes.toString('utf8'), files };
  const loaded = openBundle(bundle, rules);
  if (!loaded.ok) throw refusal(path, loaded.faults);
  return bundle;
}

/** A bundle as its file has it. */
export function renderBundle(bundle: TrustBundle): string {
  return `${JSON.stringify(bundle, undefined, 2)}\n`;
}

/** Reads a bundle's file. */
export function readBundle(bytes: Uint8Array): Read<TrustBundle> {
  if (bytes.length > LARGEST) return unread({ message: `the trust bundle has ${bytes.length} bytes, at most ${LARGEST} are read` });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return unread({ message: 'the trust bundle is not JSON', help: ['on the host: vpr trust export DIR --out trust.json'] });
  }
  const { format, policy, files } = isObject(value) ? value : {};
  if (format !== BUNDLE_FORMAT)
    return unread({
      message: `the trust bundle's format is not ${BUNDLE_FORMAT}`,
      help: ['on the host: vpr trust export DIR --out trust.json'],
    });
  if (typeof policy !== 'string') return unread({ message: 'the trust bundle has no policy' });
  if (!isObject(files) || !Object.values(files).every((text) => typeof text === 'string'))
    return unread({ message: 'the trust bundle has no table of files' });
  return read({ format, policy, files: files as Record<string, string> });
}

/** Loads policy and certificates out of a bundle. `rules`: what a policy may name. */
export function openBundle(bundle: TrustBundle, rules: KnownRules): Read<HostTrust> {
  const policy = readPolicy(Buffer.from(bundle.policy, 'utf8'), rules);
  if (!policy.ok) return policy;
  const trust = loadTrust(policy.value, (path) => {
    const text = Object.hasOwn(bundle.files, path) ? bundle.files[path] : undefined;
    return text === undefined ? undefined : Buffer.from(text, text.startsWith('-----') ? 'latin1' : 'base64');
  });
  return trust.ok ? read({ policy: policy.value, trust: trust.value }) : trust;
}

/** Reads and opens a bundle's file. Throws `trust/unreadable`, `file/…`. */
export function loadBundle(path: string, rules: KnownRules): HostTrust {
  const bundle = readBundle(readFile(path, "the host's trust bundle"));
  if (!bundle.ok) throw refusal(path, bundle.faults);
  const opened = openBundle(bundle.value, rules);
  if (!opened.ok) throw refusal(path, opened.faults);
  return opened.value;
}

function filesOf({ roots, intermediates, certificates }: Policy): readonly string[] {
  return [...new Set([...roots.map(({ file }) => file), ...intermediates, ...certificates.map(({ file }) => file)])];
}

/** PEM as text from its first block on, DER as base64. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const start = text.indexOf('-----BEGIN ');
  return start < 0 ? bytes.toString('base64') : text.slice(start);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusal(path: string, faults: readonly Fault[]): VprError {
  const lines = faults.map(({ message, line }) => `${message}${line === undefined ? '' : ` (line ${line})`}`);
  return new VprError('trust/unreadable', `${path}: ${lines.join('; ')}`, { help: [...new Set(faults.flatMap(({ help }) => help ?? []))] });
}
