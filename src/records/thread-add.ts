/** Appending a message to a thread. */
import { VprError } from '../errors.js';
import {
  appendMessages,
  editYaml,
  formatInstant,
  instantOf,
  type NewMessage,
  newUuid,
  normaliseBody,
  type ObjectId,
  parseTypedUuid,
  parseUuid,
  type Uuid,
} from '../format/index.js';
import { commitFiles } from './commit.js';
import { ownLine, type Participant, participantWith } from './participants.js';
import { ledgerPath, nextUpdate, type OpenThread, openStatus, openThread, refuseUnlessOpen, threadPath } from './threads.js';
import { messageOf, type Writer } from './writer.js';

/** What `vpr thread add` takes. */
export interface MessageInput {
  /** The thread's id, its UUID, or the beginning of either. */
  readonly thread: string;
  readonly body: string;
  /** The id of an earlier message of the thread that this one corrects. */
  readonly corrects?: string;
  /** The participant whose words these are, where they are not the signer's (FORMAT §3 "Recorded messages"). */
  readonly onBehalfOf?: string;
}

/** A message as added. */
export interface AddedMessage {
  readonly thread: string;
  readonly message: string;
  readonly commit: ObjectId;
}

/** Appends one message and moves `last_updated_at`. Throws `VprError` where thread, author or correction won't do. */
export function addMessage(writer: Writer, input: MessageInput, now: Date = new Date()): AddedMessage {
  const { status } = openStatus(writer.clone);
  refuseUnlessOpen(status, 'changes');
  const open = openThread(writer.clone, input.thread);
  if (open.ledger.status !== 'open') {
    throw new VprError('thread/closed', `this thread is ${open.ledger.status} and takes no messages`, {
      help: ['begin a new one: vpr thread create'],
    });
  }
  const author = input.onBehalfOf === undefined ? ownLine(writer, open.ledger, open.id) : recordedAuthor(open, input.onBehalfOf);
  const authorId = parseUuid(author.participant_id) ?? author.participant_id;
  const corrects = input.corrects === undefined ? undefined : correctedMessage(open, input.corrects);
  const message: NewMessage = {
    id: newUuid(),
    ...(open.thread.layout === 1 && corrects !== undefined ? {} : { role: author.role }),
    authorId,
    authorName: author.display_name,
    timestamp: formatInstant(instantOf(now)),
    ...(corrects === undefined ? {} : { corrects }),
    body: normaliseBody(input.body),
  };
  const commit = commitFiles(writer.clone, {
    parent: open.commit,
    message: messageOf(writer, {
      action: 'update',
      summary: corrects === undefined ? 'Added message to thread' : 'Added correction to thread',
      ...(input.onBehalfOf === undefined ? {} : { onBehalfOf: authorId }),
    }),
    files: [
      { path: threadPath(open.id), content: appendMessages(open.threadBytes, open.thread, [message]) },
      {
        path: ledgerPath(open.id),
        content: editYaml(open.ledgerBytes, [{ path: ['last_updated_at'], value: nextUpdate(open.ledger.last_updated_at, now) }]),
      },
    ],
  });
  return { thread: open.id, message: message.id, commit };
}

function recordedAuthor({ ledger }: OpenThread, text: string): Participant {
  const id = parseTypedUuid(text);
  const author = id === undefined ? undefined : participantWith(ledger.participants, id);
  if (author === undefined) {
    throw new VprError('thread/not-participant', `--on-behalf-of: ${JSON.stringify(text)} is not the id of a participant of this thread`, {
      help: ledger.participants.map(
        ({ participant_id, role, display_name }) => `--on-behalf-of ${participant_id}  (${display_name}, ${role})`,
      ),
    });
  }
  if (author.role === 'patient' || author.role === 'patientassociate') return author;
  throw new VprError(
    'thread/not-recorded',
    `${author.display_name} takes part as ${author.role}; messages are recorded only for patients and their associates`,
    {
      help: ['they sign their own: vpr setup with their certificate'],
    },
  );
}

function correctedMessage({ thread, id: threadId }: OpenThread, text: string): Uuid {
  const wanted = text.trim().toLowerCase();
  const found = thread.messages.filter(({ id }) => id === parseUuid(wanted) || (wanted.length >= 4 && id.startsWith(wanted)));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first.id;
  throw new VprError(
    'thread/corrects',
    `--corrects: ${found.length === 0 ? 'no message' : `${found.length} messages`} of this thread ${found.length === 1 ? 'has' : 'have'} the id ${JSON.stringify(text)}`,
    {
      help: [`see the ids: vpr thread show ${threadId}`],
    },
  );
}
