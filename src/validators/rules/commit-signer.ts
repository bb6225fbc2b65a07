import { policyListsFor } from '../../trust/store.js';
import { markOf, twinFault } from '../../trust/twins.js';
import type { Rule } from '../rule.js';

export const commitSigner: Rule = {
  id: 'commit/signer',
  statement:
    "The signing certificate's path ends in a root the host trusts for what the certificate claims, valid and not revoked at receipt",
  why: 'A signature proves a key; only the path, what the host lets its root certify, and what was not revoked prove a person and a registration.',
  section: '§6 Signer',
  since: 1,
  protects: true,
  needs: ['trust'],
  refuses: {
    title: 'a certificate that no trusted root issued',
    push: (record) => record.append().stranger(),
  },
  accepts: { title: 'a certificate under a trusted root', push: (record) => record.append({ by: 'tom' }) },
  *onCommit({ verification, context, knownRegistrations, knownCertificates }) {
    yield* verification.signerFaults;
    // What policy lets pass without being known. Where it is `require`, that is among the faults above.
    if (context.trust?.revocation === 'warn') for (const fault of verification.revocationFaults) yield { ...fault, severity: 'warn' };
    const { signer, path = [] } = verification;
    if (context.trust === undefined) return;
    for (const certificate of path) {
      const fault = twinFault(certificate, knownCertificates(markOf(certificate).place), context.trust);
      if (fault !== undefined) yield fault;
    }
    if (signer?.participantId === undefined) return;
    const known = knownRegistrations(signer.participantId);
    if (known === undefined || policyListsFor(context.trust, signer.certificate, signer.participantId)) return;
    if (signer.registrations.some(({ authority, number }) => known.has(`${authority} ${number}`))) return;
    yield {
      message: `the certificate has the participant id ${signer.participantId}, which this host knows with other registrations`,
      help: ["one participant id is one person: ask the host's administrator to list the certificate for that id in vpr.yaml"],
    };
  },
};
