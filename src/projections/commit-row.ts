import { readCommitMessage, trailer } from '../format/commit-message.js';
import { parseUuid } from '../format/identifiers.js';
import type { PushedCommit } from '../format/push.js';
import { certificateIdentity } from '../trust/identity.js';
import { readSignature } from '../trust/signature/read.js';
import { names } from '../trust/signature/signer-id.js';
import type { CommitSignature } from '../trust/signature/types.js';
import type { Certificate } from '../trust/types.js';
import type { CommitRow } from './tables.js';

/** What the host knows of a commit. */
export interface Known {
  readonly verdict: CommitRow['verdict'];
  /** Milliseconds since 1970; null without an entry in the journal. */
  readonly received_at: number | null;
}

/** A commit's row. Who signed is read from the signature: that it holds has been judged before. */
export function commitRow(record: string, seq: number, { id, commit }: PushedCommit, known: Known): CommitRow {
  const reading = readCommitMessage(commit.message, { finalNewline: 'optional' });
  const message = reading.ok ? reading.value : undefined;
  const said = (key: string) => (message === undefined ? undefined : trailer(message, key));
  return {
    record,
    seq,
    id,
    domain: message?.domain ?? null,
    action: message?.action ?? null,
    summary: message?.summary ?? null,
    author_name: said('Author-Name') ?? null,
    author_role: said('Author-Role') ?? null,
    care_location: said('Care-Location') ?? null,
    on_behalf_of: parseUuid(said('On-Behalf-Of') ?? '') ?? null,
    authored_at: milliseconds(commit.author?.time),
    committed_at: milliseconds(commit.committer?.time),
    ...signerOf(commit.gpgsig),
    verdict: known.verdict,
    received_at: known.received_at,
  };
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1000;
}

type SignerColumns = Pick<CommitRow, 'signer_name' | 'registrations' | 'participant_id' | 'certificate' | 'encoding'>;

function signerOf(gpgsig: string | undefined): SignerColumns {
  const signature = gpgsig === undefined ? undefined : readSignature(gpgsig);
  const certificate = signature?.ok === true ? certificateOf(signature.value) : undefined;
  const identity = certificate === undefined ? undefined : certificateIdentity(certificate);
  const said = identity?.ok === true ? identity.value : undefined;
  return {
    signer_name: said?.name ?? null,
    registrations: JSON.stringify((said?.registrations ?? []).map(({ authority, number }) => `${authority} ${number}`)),
    participant_id: said?.participantId ?? null,
    certificate: certificate?.fingerprint ?? null,
    encoding: signature?.ok === true ? signature.value.encoding : null,
  };
}

/** The signer's certificate, where the signature carries it. */
function certificateOf(signature: CommitSignature): Certificate | undefined {
  switch (signature.encoding) {
    case 'cms':
      return signature.certificates[0];
    case 'cms-attributes':
      return signature.certificates.find((certificate) => names(signature.signer, certificate));
    case 'container':
      return signature.certificate;
    case 'raw':
      return undefined;
  }
}
