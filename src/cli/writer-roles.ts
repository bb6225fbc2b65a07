/** What the host lets a writer's certificate do, as far as the clone's trust bundle says. */
import { existsSync } from 'node:fs';
import type { Role } from '../format/index.js';
import { loadCertificate } from '../records/credentials.js';
import { loadBundle } from '../records/trust-bundle.js';
import type { Writer } from '../records/writer.js';
import { establishSigner } from '../trust/signer.js';
import { ALLOWED_ROLES } from '../validators/authorship.js';
import { KNOWN_RULES } from '../validators/index.js';

/** The roles that the writer may write in; undefined where that is not known here. */
export function rolesOf({ clone: { settings } }: Writer): readonly Role[] | undefined {
  const { certificate, trust: file } = settings;
  if (certificate === undefined || file === undefined || !existsSync(file)) return undefined;
  const [leaf, ...others] = loadCertificate(certificate).chain;
  const moment = { at: new Date(), known: 'host' } as const;
  const established = establishSigner(leaf, others, loadBundle(file, KNOWN_RULES).trust, moment, () => true);
  return 'signer' in established ? ALLOWED_ROLES[established.signer.class] : undefined;
}
