/** What the clone's own trust bundle says of its signer: revoked, or with a certificate's file that is not enough. */
import { existsSync } from 'node:fs';
import { VprError } from '../errors.js';
import { chainLack } from '../records/chain.js';
import { loadCertificate } from '../records/credentials.js';
import type { Settings } from '../records/settings.js';
import { loadBundle } from '../records/trust-bundle.js';
import { type Certificate, type Trust, trustAsOf } from '../trust/index.js';
import { establishSigner } from '../trust/signer.js';
import { KNOWN_RULES } from '../validators/index.js';

/**
 * Throws `sign/revoked` and `sign/chain`; returns what the signer should know besides. What the bundle doesn't know, or
 * one that doesn't read, keeps nobody from signing: the host judges.
 */
export function askBundle({ certificate, encoding, trust: file }: Settings, now: Date): readonly string[] {
  const trust = file === undefined || !existsSync(file) ? undefined : trustIn(file, now);
  if (certificate === undefined || trust === undefined) return [];
  const { chain } = loadCertificate(certificate);
  refuseRevoked(chain, trust, now);
  const lack = chainLack(certificate, chain, encoding, trust);
  if (lack?.certain === true) throw new VprError('sign/chain', lack.message, { help: lack.help });
  return lack === undefined ? [] : [`warning: ${lack.message}`, ...lack.help.map((line) => `  help: ${line}`)];
}

function refuseRevoked([leaf, ...others]: readonly [Certificate, ...Certificate[]], trust: Trust, now: Date): void {
  if (trust.crls.length + trust.early.length === 0) return;
  const faultsBy = (lists: Pick<Trust, 'crls' | 'early'>) => {
    const moment = { at: now, known: 'host' } as const;
    const established = establishSigner(leaf, others, { ...trust, ...lists, revocation: 'off' }, moment, () => true);
    return 'faults' in established ? established.faults : [];
  };
  const faults = faultsBy(trust);
  // What would be wrong without any list as well, is no revocation.
  if (faults.length === 0 || faultsBy({ crls: [], early: [] }).length > 0) return;
  throw new VprError('sign/revoked', faults.map(({ message }) => message).join('; '), {
    help: ['get a new certificate, then: vpr setup --certificate FILE --key FILE', 'or newer news from the host: vpr setup --trust FILE'],
  });
}

function trustIn(file: string, now: Date): Trust | undefined {
  try {
    const { trust, policy } = loadBundle(file, KNOWN_RULES);
    return trustAsOf(trust, now, policy.skewMs);
  } catch (error) {
    if (error instanceof VprError) return undefined;
    throw error;
  }
}
