import { valueOf } from '../../format/documents.js';
import { meaningOf } from '../../format/layout.js';
import type { ThreadStep } from '../../format/thread-steps.js';
import type { Signer } from '../../trust/types.js';
import { authorshipOf } from '../authorship.js';
import { changesOtherBytes, participant } from '../ledger-change.js';
import { DROP, drop, mended, PULL, takeBack, withdraw, writeAgain } from '../mend.js';
import type { Finding, Rule } from '../rule.js';
import type { Step } from '../step.js';

export const signerMay: Rule = {
  id: 'signer/may',
  statement: 'Each change is one that the class of the signing certificate, and the ledger, let the signer make',
  why: 'A patient who adds themselves to a thread, or a clinician of another ward who closes it, would change who is told what.',
  section: '§3 Who may write what',
  since: 1,
  protects: true,
  needs: ['trust', 'signer'],
  refuses: {
    title: 'a patient closes a thread',
    push: (record) =>
      record.append({ by: 'pat', files: { [`${record.thread}/ledger.yaml`]: (yaml) => yaml.replace('status: open', 'status: closed') } }),
  },
  accepts: { title: 'a patient answers', push: (record) => record.append({ by: 'pat' }) },
  *onCommit(step) {
    const { signer } = step.verification;
    if (signer === undefined) return;
    yield* recordChanges(step, signer);
    for (const thread of step.threads) {
      yield* isPatient(signer) ? patient(thread, signer, step) : staff(thread, signer, step);
    }
  },
};

function isPatient(signer: Signer): boolean {
  return signer.class === 'patient' || signer.class === 'associate';
}

/** The status file, and .gitignore with it: clinicians and administrators. */
function* recordChanges({ pushed, context }: Step, signer: Signer): Generator<Finding> {
  if (signer.class === 'clinician' || signer.class === 'administrator') return;
  const kindOf = (path: string) => meaningOf(context.record?.kind ?? 'coordination', path)?.kind;
  const paths = pushed.changes.flatMap(({ path }) => (kindOf(path) === 'thread' || kindOf(path) === 'ledger' ? [] : path));
  for (const path of paths) {
    yield {
      path,
      message: `changes under a certificate of class ${signer.class}; it takes a clinician or an administrator`,
      help: [takeBack(pushed, path, paths)],
    };
  }
}

/** Clinicians, administrators and systems: ledgers are changed by those it lists, and by administrators. */
function* staff(thread: ThreadStep, signer: Signer, { pushed }: Step): Generator<Finding> {
  if (!changesLedger(thread) || signer.class === 'administrator') return;
  const path = thread.ledgerPath;
  if (signer.class !== 'clinician') {
    yield {
      path,
      message: `is ${thread.isNew ? 'created' : 'changed'} under a certificate of class ${signer.class}; it takes a clinician or an administrator`,
      help: thread.isNew
        ? [...withdraw(pushed, thread.threadPath), 'then ask a clinician or an administrator to open the thread']
        : [thread.appended.length === 0 ? takeBack(pushed, path) : `leave no change in it but last_updated_at: ${mended(path)}`],
    };
  } else if (!thread.isNew && !listed(thread, signer, 'before')) {
    yield {
      path,
      message: 'is changed by a clinician whom it did not list; it takes one it lists, or an administrator',
      help: [
        `where a clinician of the thread or an administrator adds you (vpr ledger set ${thread.id} --add-participant …): ${PULL}`,
        `where nobody does: ${drop(pushed)}`,
      ],
    };
  }
}

/** Patients and associates: their own messages where they are listed and may take part, and nothing else. */
function* patient(thread: ThreadStep, signer: Signer, step: Step): Generator<Finding> {
  if (thread.isNew) {
    const help = [...withdraw(step.pushed, thread.threadPath), 'then ask a clinician or an administrator to open the thread'];
    for (const finding of patientOpens(thread, signer, step)) yield { ...finding, help };
    return;
  }
  for (const message of thread.appended) {
    if (authorshipOf(message, signer) === 'own') continue;
    yield {
      path: thread.threadPath,
      line: message.line,
      message: `is not the signer's own; a certificate of class ${signer.class} writes only that`,
      help: [...withdraw(step.pushed, thread.threadPath), `then write in your own name: ${writeAgain(thread)}`],
    };
  }
  if (changesLedger(thread)) {
    yield {
      path: thread.ledgerPath,
      message: `changes more than last_updated_at with a message, which is all that a certificate of class ${signer.class} may change of it`,
      help: [`${DROP}  # takes the commit back; messages of your own are written by: vpr thread add`],
    };
  }
  for (const side of ['before', 'after'] as const) {
    const ledger = valueOf(thread.ledger[side]);
    if (listed(thread, signer, side) && ledger?.policies.allow_patient_participation === true) continue;
    yield {
      path: thread.ledgerPath,
      message: `does not let the signer take part, as it is ${side} this commit`,
      help: [
        `where a clinician of the thread adds you, or allows patients in it: ${PULL}`,
        'where nobody does:',
        ...withdraw(step.pushed, thread.threadPath),
      ],
    };
  }
}

/** FORMAT.md §3: where the host's policy allows it, with the first message, for themselves and somebody who cares for them. */
function* patientOpens(thread: ThreadStep, signer: Signer, { context }: Step): Generator<Finding> {
  const path = thread.ledgerPath;
  if (!context.policy.patientsMayOpenThreads) {
    yield {
      path,
      message: 'is created under a certificate of a patient or associate; this host lets clinicians and administrators open threads',
    };
    return;
  }
  const ledger = valueOf(thread.ledger.after);
  if (ledger === undefined) return;
  if (!thread.appended.some((message) => authorshipOf(message, signer) === 'own'))
    yield { path, message: 'is created without a first message of the signer' };
  for (const message of thread.appended) {
    if (authorshipOf(message, signer) !== 'own')
      yield { path: thread.threadPath, line: message.line, message: "is not the signer's own message" };
  }
  if (!listed(thread, signer, 'after')) yield { path, message: 'does not list the patient or associate who opens the thread' };
  if (!ledger.participants.some(({ role }) => role === 'clinician' || role === 'careteam')) {
    yield { path, message: 'lists no clinician and no care team who would read the message' };
  }
  if (!ledger.policies.allow_patient_participation) yield { path, message: 'excludes patients in a thread that a patient opens' };
  if (ledger.visibility.restricted || ledger.visibility.sensitivity !== 'standard') {
    yield { path, message: 'restricts who may see it; a thread that a patient opens has standard, unrestricted visibility' };
  }
}

/** Whether a ledger changes beyond the time that a message of the same commit moves. */
function changesLedger(thread: ThreadStep): boolean {
  const { before, after } = thread.ledger;
  if (before?.file.id === after?.file.id) return false;
  return thread.appended.length === 0 || changesOtherBytes(thread);
}

function listed({ ledger }: ThreadStep, signer: Signer, side: 'before' | 'after'): boolean {
  return signer.participantId !== undefined && participant(valueOf(ledger[side]), signer.participantId) !== undefined;
}
