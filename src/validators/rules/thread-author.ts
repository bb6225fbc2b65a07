import { trailer } from '../../format/commit-message.js';
import { valueOf } from '../../format/documents.js';
import { parseUuid } from '../../format/identifiers.js';
import type { Message } from '../../format/thread.js';
import type { ThreadStep } from '../../format/thread-steps.js';
import { ALLOWED_ROLES, type Authorship, authorshipOf } from '../authorship.js';
import { participant, saysOtherThings } from '../ledger-change.js';
import { DROP, mended, withdraw, writeAgain } from '../mend.js';
import type { Finding, Rule } from '../rule.js';
import type { Step } from '../step.js';

export const threadAuthor: Rule = {
  id: 'thread/author',
  statement: "A message is the signer's own, one recorded for a patient who is named in On-Behalf-Of, or a system message",
  why: 'Nobody may put words into the mouth of somebody else: the signature is the proof of who said it.',
  section: '§3 Who may write what',
  since: 1,
  protects: true,
  needs: ['trust', 'signer'],
  refuses: { title: "a message in another clinician's name", push: (record) => record.append({ by: 'jane', author: 'tom' }) },
  accepts: {
    title: "a clinician records a patient's message",
    push: (record) => record.append({ by: 'jane', author: 'pat', trailers: { 'On-Behalf-Of': record.ids.pat } }),
  },
  *onCommit(step) {
    const behalf = onBehalfOf(step);
    let recorded = 0;
    for (const thread of step.threads) {
      for (const message of thread.appended) {
        const authorship = authorshipOf(message, step.verification.signer);
        if (authorship === 'recorded') recorded += 1;
        for (const finding of JUDGES[authorship](message, thread, step, behalf)) {
          const help = finding.help ?? [...withdraw(step.pushed, thread.threadPath), `then write in your own name: ${writeAgain(thread)}`];
          yield { path: thread.threadPath, line: message.line, ...finding, help };
        }
      }
    }
    if (behalf !== undefined && recorded === 0) {
      yield {
        message: 'has the trailer On-Behalf-Of, but appends no message of anybody but the signer',
        help: ['git commit --amend -S and remove the trailer'],
      };
    }
  },
};

type Judge = (message: Message, thread: ThreadStep, step: Step, behalf: string | undefined) => Generator<Finding>;

const JUDGES: Readonly<Record<Authorship, Judge>> = { unknown, own, recorded, system };

function onBehalfOf({ message }: Step): string | undefined {
  return message.ok ? trailer(message.value, 'On-Behalf-Of') : undefined;
}

function* unknown(): Generator<Finding> {
  yield {
    message: "the signer's certificate has no participant id, without which no message can be signed",
    help: ["ask the host's administrator for a certificate with one, or to list the certificate with one in vpr.yaml"],
  };
}

function* own(message: Message, thread: ThreadStep, { verification: { signer } }: Step): Generator<Finding> {
  if (signer === undefined) return;
  const entry = participant(valueOf(thread.ledger.after), message.authorId);
  if (entry !== undefined && entry.display_name !== message.authorName) {
    yield nameFault(entry.display_name, message.authorName, thread);
  }
  const role = message.role ?? entry?.role;
  if (role !== undefined && !ALLOWED_ROLES[signer.class].includes(role)) {
    yield {
      message: `a certificate of class ${signer.class} writes in the role ${ALLOWED_ROLES[signer.class].join(' or ')}, not ${role}`,
    };
  }
  if (message.corrects === undefined || signer.class === 'clinician') return;
  yield* correctsOwn(message, thread);
}

function* recorded(
  message: Message,
  thread: ThreadStep,
  { pushed, verification: { signer }, context }: Step,
  behalf: string | undefined,
): Generator<Finding> {
  if (signer === undefined) return;
  if (behalf === undefined) {
    yield {
      message: `the message's author, ${message.authorId}, is not the signer, ${signer.participantId}`,
      help: [
        `where you record it for a patient: git commit --amend --no-edit -S --trailer "On-Behalf-Of: ${message.authorId}"`,
        'where it is your own:',
        ...withdraw(pushed, thread.threadPath),
        `then write in your own name: ${writeAgain(thread)}`,
      ],
    };
    return;
  }
  if (parseUuid(behalf) !== message.authorId) {
    yield { message: `the message's author, ${message.authorId}, is neither the signer nor the one that On-Behalf-Of names` };
    return;
  }
  const ledger = valueOf(thread.ledger.after);
  const entry = participant(ledger, message.authorId);
  const forAnyone = signer.class === 'system' && context.policy.systemMayRecord;
  const listed = participant(ledger, signer.participantId ?? '') !== undefined;
  if (!forAnyone && signer.class !== 'administrator' && !(signer.class === 'clinician' && listed)) {
    yield {
      message: 'records a message for somebody else, which only a clinician whom the ledger lists or an administrator may do',
    };
  }
  if (entry === undefined) return; // thread/participants says so
  if (!forAnyone && entry.role !== 'patient' && entry.role !== 'patientassociate') {
    yield {
      message: `records a message for a participant in the role ${entry.role}; only those of patients and their associates are recorded by others`,
    };
  }
  if (entry.display_name !== message.authorName) yield nameFault(entry.display_name, message.authorName, thread);
  if (message.corrects !== undefined) yield* correctsOwn(message, thread);
}

function* system(message: Message, thread: ThreadStep, { pushed, verification: { signer } }: Step): Generator<Finding> {
  if (signer === undefined) return;
  const name = participant(valueOf(thread.ledger.after), message.authorId)?.display_name ?? signer.name;
  if (message.authorName !== name) yield nameFault(name, message.authorName, thread);
  const entitled = signer.class === 'system' || signer.class === 'administrator';
  if (!entitled && !(signer.class === 'clinician' && saysOtherThings(thread))) {
    yield {
      message:
        'writes a system message, which needs a certificate of class system or administrator, or a change of the ledger in the same commit',
      help: [
        `${DROP}  # where somebody else has made this change of the ledger already`,
        'where not, and it is still to be said:',
        ...withdraw(pushed, thread.threadPath),
        `then write it as a message of your own: ${writeAgain(thread)}`,
      ],
    };
  }
  if (message.corrects !== undefined && signer.class !== 'clinician') yield* correctsOwn(message, thread);
}

function* correctsOwn(message: Message, { thread }: ThreadStep): Generator<Finding> {
  const corrected = valueOf(thread.after)?.messages.find(({ id }) => id === message.corrects);
  if (corrected === undefined || corrected.authorId === message.authorId) return;
  yield { message: 'corrects a message of another author, which only a clinician writing in their own name may do' };
}

function nameFault(expected: string, found: string, { threadPath }: ThreadStep): Finding {
  return {
    message: "the message's author name is not the name that the ledger, or else the certificate, gives the author",
    content: [
      { sign: '-', text: expected },
      { sign: '+', text: found },
    ],
    help: [
      'write the name as the ledger has it',
      // They look the same: whoever copies from the screen, or types it again, changes nothing.
      ...(expected.normalize('NFC') === found.normalize('NFC')
        ? ['the two differ in how an accent is encoded alone (Unicode NFC, NFD): copy the line from ledger.yaml itself']
        : []),
      mended(threadPath),
    ],
  };
}
