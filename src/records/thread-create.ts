/** Opening a thread: directory, ledger and first message in one commit. */
import { VprError } from '../errors.js';
import {
  formatInstant,
  instantOf,
  type Ledger,
  type NewMessage,
  newTimestampId,
  newUuid,
  normaliseBody,
  type ObjectId,
  type Role,
  renderLedger,
  renderThread,
} from '../format/index.js';
import { commitFiles } from './commit.js';
import { type Participant, participantWith, roleOf } from './participants.js';
import { ledgerPath, openStatus, refuseUnlessOpen, threadPath } from './threads.js';
import { messageOf, participantOf, type Writer } from './writer.js';

/** What `vpr thread create` takes. */
export interface ThreadInput {
  /** Others who take part; the writer is added in front where they are not among them. */
  readonly participants: readonly Participant[];
  /** The writer's role in the thread, where it is not what `vpr setup --role` names. */
  readonly as?: Role;
  /** The first message; a thread may begin without one. */
  readonly body?: string;
  /** The roles that the host lets the writer's certificate write in, where that is known. */
  readonly allowed?: readonly Role[];
  readonly visibility: Ledger['visibility'];
  readonly policies: Ledger['policies'];
}

/** A thread as created. */
export interface CreatedThread {
  readonly thread: string;
  readonly message?: string;
  readonly commit: ObjectId;
}

/** Opens a thread. Throws `VprError` where the record, the writer or a value won't do. */
export function createThread(writer: Writer, input: ThreadInput, now: Date = new Date()): CreatedThread {
  const { commit: parent, status } = openStatus(writer.clone);
  refuseUnlessOpen(status, 'new threads');
  const time = formatInstant(instantOf(now));
  const id = newTimestampId(now);
  const participants = withWriter(writer, input);
  const own = participantWith(participants, participantOf(writer));
  if (own !== undefined && input.body !== undefined) refuseForeignRole(own, input);
  const message: NewMessage | undefined =
    input.body === undefined || own === undefined
      ? undefined
      : {
          id: newUuid(),
          role: own.role,
          authorId: participantOf(writer),
          authorName: own.display_name,
          timestamp: time,
          body: normaliseBody(input.body),
        };
  const ledger: Ledger = {
    communication_id: id,
    status: 'open',
    created_at: time,
    last_updated_at: time,
    participants,
    visibility: input.visibility,
    policies: input.policies,
  };
  const commit = commitFiles(writer.clone, {
    parent,
    message: messageOf(writer, { action: 'create', summary: 'Created thread' }),
    files: [
      { path: ledgerPath(id), content: renderLedger(ledger) },
      { path: threadPath(id), content: renderThread(1, message === undefined ? [] : [message]) },
    ],
  });
  return { thread: id, ...(message === undefined ? {} : { message: message.id }), commit };
}

/** Refuses what the host would refuse. Throws `participant/role`. */
function refuseForeignRole({ role }: Participant, { allowed }: ThreadInput): void {
  if (allowed === undefined || allowed.includes(role)) return;
  throw new VprError('participant/role', `your certificate writes in the role ${allowed.join(' or ')}, not ${role}`, {
    help: allowed.map((one) => `--as ${one}`),
  });
}

function withWriter(writer: Writer, { participants, as, body }: ThreadInput): Participant[] {
  const seen = new Set<string>();
  for (const { participant_id: id } of participants) {
    if (seen.has(id)) throw new VprError('participant/twice', `the participant ${id} is given twice`);
    seen.add(id);
  }
  if (writer.participantId === undefined && body === undefined && participants.length > 0) return [...participants];
  const id = participantOf(writer);
  if (seen.has(id)) return [...participants];
  const role = as ?? roleOf(writer);
  if (role === undefined) {
    throw new VprError('participant/role', `"${writer.role}" does not say which role of a thread you write in`, {
      help: ['say it: --as clinician (or careteam, careadministrator, patient, patientassociate, system)'],
    });
  }
  return [{ participant_id: id, role, display_name: writer.identity.name }, ...participants];
}
