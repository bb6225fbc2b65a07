import { valueOf } from '../../format/documents.js';
import { parseUuid } from '../../format/identifiers.js';
import type { Ledger } from '../../format/ledger.js';
import type { Message } from '../../format/thread.js';
import type { ThreadStep } from '../../format/thread-steps.js';
import type { Signer } from '../../trust/types.js';
import { authorshipOf } from '../authorship.js';
import { type Participant, participant } from '../ledger-change.js';
import { PULL, withdraw } from '../mend.js';
import type { Finding, Rule } from '../rule.js';

export const threadParticipants: Rule = {
  id: 'thread/participants',
  statement:
    'Authors are participants in the role they write in; patients and external participants take part where the policy of the thread lets them',
  why: 'The ledger says who is in the conversation: whoever reads it must be able to rely on nobody else being there.',
  section: '§3 ledger.yaml, Who may write what',
  since: 1,
  refuses: { title: 'a message of a clinician whom the ledger does not list', push: (record) => record.append({ by: 'rob' }) },
  accepts: { title: 'a message of a participant', push: (record) => record.append({ by: 'pat' }) },
  *onCommit({ threads, pushed, context, verification }) {
    const own = context.policy.organisations;
    for (const step of threads) {
      const ledger = valueOf(step.ledger.after);
      if (ledger === undefined) continue;
      for (const message of step.appended) {
        const isSystem = message.role === 'system' && authorshipOf(message, verification.signer) !== 'recorded';
        const findings = isSystem ? system(message, step, own) : author(message, ledger, own, step.id, verification.signer);
        const help = withdraw(pushed, step.threadPath);
        const place = { path: step.threadPath, line: message.line };
        for (const finding of findings) yield { ...place, ...finding, help: [...(finding.help ?? []), ...help] };
      }
      yield* added(step, ledger, own);
    }
  },
};

function* author(message: Message, ledger: Ledger, own: readonly string[], thread: string, signer?: Signer): Generator<Finding> {
  const entry = participant(ledger, message.authorId);
  if (entry === undefined) {
    const isSigner = message.authorId === signer?.participantId;
    yield {
      message: `the author${isSigner ? ', who signed it,' : ` ${message.authorId}`} is no participant of this thread`,
      help: [
        `where a clinician of the thread or an administrator adds ${isSigner ? 'you' : 'the author'} (vpr ledger set ${thread} --add-participant ${message.authorId}:…): ${PULL}`,
        'where nobody does:',
      ],
    };
    return;
  }
  if (message.role !== undefined && message.role !== entry.role) {
    yield { message: `writes in the role ${message.role}; the ledger has the author as ${entry.role}` };
  }
  yield* policies(entry, ledger, own);
}

/**
 * A system message of whoever may write one (`thread/author`): those the ledger
 * does not list may, those it lists as far as its policy lets them write at
 * all. Whom the commit itself removes or excludes writes nothing in it but the
 * message that says so (FORMAT.md §3 "Before or after"): without that, the
 * thread would be closed to them with nobody told.
 */
function* system({ authorId }: Message, { ledger, isNew }: ThreadStep, own: readonly string[]): Generator<Finding> {
  const [before, after] = [valueOf(ledger.before), valueOf(ledger.after)];
  const entry = participant(after, authorId);
  if (after === undefined || entry === undefined) return;
  const former = participant(before, authorId);
  const wasFree = !isNew && before !== undefined && former !== undefined && [...policies(former, before, own)].length === 0;
  if (!wasFree) yield* policies(entry, after, own);
}

/** What the thread's policy says of one of its participants as a writer. */
function* policies(entry: Participant, ledger: Ledger, own: readonly string[]): Generator<Finding> {
  if (isPatient(entry) && !ledger.policies.allow_patient_participation) {
    yield { message: 'is a message of a patient or associate in a thread whose policy excludes them (allow_patient_participation)' };
  }
  if (isExternal(entry, own) && !ledger.policies.allow_external_organisations) {
    yield {
      message:
        'is a message of a participant of another organisation in a thread whose policy excludes them (allow_external_organisations)',
    };
  }
}

function* added({ ledger, ledgerPath: path }: ThreadStep, after: Ledger, own: readonly string[]): Generator<Finding> {
  if (after.policies.allow_external_organisations) return;
  const before = new Map(valueOf(ledger.before)?.participants.map((entry) => [parseUuid(entry.participant_id), entry]));
  for (const [index, entry] of after.participants.entries()) {
    if (!isExternal(entry, own)) continue;
    const former = before.get(parseUuid(entry.participant_id));
    if (former !== undefined && isExternal(former, own)) continue;
    yield {
      path,
      message: `participants[${index}] is of another organisation, and the policy of this thread excludes them (allow_external_organisations)`,
      help: ['allow it for the thread: vpr ledger set THREAD --allow-external'],
    };
  }
}

function isPatient({ role }: Participant): boolean {
  return role === 'patient' || role === 'patientassociate';
}

/** FORMAT.md §3: an organisation is given, and is none of the host's own. */
function isExternal({ organisation }: Participant, own: readonly string[]): boolean {
  return organisation !== undefined && !own.includes(organisation);
}
