import { readCommitMessage, trailer } from '../format/commit-message.js';
import { parseUuid } from '../format/identifiers.js';
import type { PushedCommit } from '../format/push.js';
import { remember } from '../format/remember.js';
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
  const said = saidIn(commit.message);
  const signer = signerOf(commit.gpgsig);
  return {
    record,
    seq,
    id,
    domain: said.domain,
    action: said.action,
    summary: said.summary,
    author_name: said.author_name,
    author_role: said.author_role,
    care_location: said.care_location,
    on_behalf_of: said.on_behalf_of,
    authored_at: milliseconds(commit.author?.time),
    committed_at: milliseconds(commit.committer?.time),
    signer_name: signer.signer_name,
    registrations: signer.registrations,
    participant_id: signer.participant_id,
    certificate: signer.certificate,
    encoding: signer.encoding,
    verdict: known.verdict,
    received_at: known.received_at,
  };
}

type MessageColumns = Pick<CommitRow, 'domain' | 'action' | 'summary' | 'author_name' | 'author_role' | 'care_location' | 'on_behalf_of'>;

/** Most messages of a record are the same few: what they say is remembered. */
const messages = remember<MessageColumns>(1000);
const LONGEST_REMEMBERED = 1000;

function saidIn(text: string): MessageColumns {
  return text.length > LONGEST_REMEMBERED ? readColumns(text) : messages(text, readColumns);
}

function readColumns(text: string): MessageColumns {
  const reading = readCommitMessage(text, { finalNewline: 'optional' });
  const message = reading.ok ? reading.value : undefined;
  const said = (key: string) => (message === undefined ? undefined : trailer(message, key));
  return {
    domain: message?.domain ?? null,
    action: message?.action ?? null,
    summary: message?.summary ?? null,
    author_name: said('Author-Name') ?? null,
    author_role: said('Author-Role') ?? null,
    care_location: said('Care-Location') ?? null,
    on_behalf_of: parseUuid(said('On-Behalf-Of') ?? '') ?? null,
  };
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1000;
}

type SignerColumns = Pick<CommitRow, 'signer_name' | 'registrations' | 'participant_id' | 'certificate' | 'encoding'>;

const UNSIGNED: SignerColumns = { signer_name: null, registrations: '[]', participant_id: null, certificate: null, encoding: null };
/** What certificates say, by fingerprint. */
const signers = remember<SignerColumns>(1000);

function signerOf(gpgsig: string | undefined): SignerColumns {
  const signature = gpgsig === undefined ? undefined : readSignature(gpgsig);
  if (signature?.ok !== true) return UNSIGNED;
  const certificate = certificateOf(signature.value);
  const { encoding } = signature.value;
  if (certificate === undefined) return { ...UNSIGNED, encoding };
  return signers(`${encoding} ${certificate.fingerprint}`, () => {
    const identity = certificateIdentity(certificate);
    const said = identity.ok ? identity.value : undefined;
    return {
      signer_name: said?.name ?? null,
      registrations: JSON.stringify((said?.registrations ?? []).map(({ authority, number }) => `${authority} ${number}`)),
      participant_id: said?.participantId ?? null,
      certificate: certificate.fingerprint,
      encoding,
    };
  });
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
