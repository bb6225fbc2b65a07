/** Making a trust bundle of a host's directory. */
import { join } from 'node:path';
import { type KnownRules, readPolicy } from '../format/index.js';
import { loadTrust } from '../trust/index.js';
import { readFile, readIfThere } from './files.js';
import { BUNDLE_FORMAT, openBundle, refusal, sealBundle, type TrustBundle, type TrustContent } from './trust-bundle.js';

/**
 * The bundle of a host's directory: its policy, and every file that loading its
 * trust asks for. Throws where any of that does not read. `rules`: what a policy may name.
 */
export function exportBundle(hostDirectory: string, rules: KnownRules, baselines: TrustContent['baselines'] = {}): TrustBundle {
  const path = join(hostDirectory, 'vpr.yaml');
  const bytes = readFile(path, "the host's policy");
  const policy = readPolicy(bytes, rules);
  if (!policy.ok) throw refusal(path, policy.faults);
  const files: Record<string, string> = {};
  const trust = loadTrust(policy.value, (name) => {
    const content = readIfThere(join(hostDirectory, name));
    if (content !== undefined) files[name] = textOf(content);
    return content;
  });
  if (!trust.ok) throw refusal(path, trust.faults);
  const bundle = sealBundle({ format: BUNDLE_FORMAT, policy: bytes.toString('utf8'), files, baselines });
  const loaded = openBundle(bundle, rules);
  if (!loaded.ok) throw refusal(path, loaded.faults);
  return bundle;
}

/** PEM as text from its first block on, DER as base64. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const start = text.indexOf('-----BEGIN ');
  return start < 0 ? bytes.toString('base64') : text.slice(start);
}
