/** Changing a thread's ledger, and saying so in the thread. */
import { VprError } from '../errors.js';
import {
  appendMessages,
  editYaml,
  formatInstant,
  instantOf,
  type Ledger,
  type NewMessage,
  newUuid,
  normaliseBody,
  type ObjectId,
  parseTypedUuid,
  parseUuid,
  type YamlEdit,
} from '../format/index.js';
import { commitFiles, type FileWrite } from './commit.js';
import { type Participant, participantWith } from './participants.js';
import { ledgerPath, nextUpdate, type OpenThread, openStatus, openThread, refuseUnlessOpen, threadPath } from './threads.js';
import { messageOf, participantOf, type Writer } from './writer.js';

/** What `vpr ledger set` takes; what is absent stays. */
export interface LedgerInput {
  readonly thread: string;
  readonly status?: Ledger['status'];
  readonly add: readonly Participant[];
  /** Participants who stay, as their entries are to be from now on: another role, name or organisation. */
  readonly change?: readonly Participant[];
  /** Participant ids. */
  readonly remove: readonly string[];
  readonly visibility: Partial<Ledger['visibility']>;
  readonly policies: Partial<Ledger['policies']>;
  /** The words of the system message, instead of the toolkit's own. */
  readonly message?: string;
}

/** A ledger as changed. */
export interface ChangedLedger {
  readonly thread: string;
  /** The system message's id, where one was appended. */
  readonly message?: string;
  readonly commit: ObjectId;
}

/** What may follow what (FORMAT §3). */
const NEXT: Readonly<Record<Ledger['status'], readonly Ledger['status'][]>> = {
  open: ['closed', 'archived'],
  closed: ['archived'],
  archived: [],
};

/**
 * Changes a ledger in one signed commit. Where a participant or the status
 * changes and the thread was open before, the system message that says so is
 * in the same commit (FORMAT §3 "System messages"). Throws `VprError` where a change won't do.
 */
export function setLedger(writer: Writer, input: LedgerInput, now: Date = new Date()): ChangedLedger {
  refuseUnlessOpen(openStatus(writer.clone).status, 'changes');
  const open = openThread(writer.clone, input.thread);
  const edits = [...statusEdit(open.ledger, input.status), ...settingEdits(open.ledger, input), ...participantEdits(open.ledger, input)];
  if (edits.length === 0) {
    throw new VprError('ledger/unchanged', 'the ledger says all of this already', { help: [`see it: vpr thread show ${open.id}`] });
  }
  const ledger = editYaml(open.ledgerBytes, [...edits, { path: ['last_updated_at'], value: nextUpdate(open.ledger.last_updated_at, now) }]);
  const message = open.ledger.status === 'open' ? systemMessage(writer, open, input, now) : undefined;
  const files: FileWrite[] = [{ path: ledgerPath(open.id), content: ledger }];
  if (message !== undefined) files.push({ path: threadPath(open.id), content: appendMessages(open.threadBytes, open.thread, [message]) });
  const commit = commitFiles(writer.clone, {
    parent: open.commit,
    message: messageOf(writer, { action: 'update', summary: summaryOf(input) }),
    files,
  });
  return { thread: open.id, ...(message === undefined ? {} : { message: message.id }), commit };
}

function statusEdit({ status: former }: Ledger, status: Ledger['status'] | undefined): YamlEdit[] {
  if (status === undefined || status === former) return [];
  if (NEXT[former].includes(status)) return [{ path: ['status'], value: status }];
  throw new VprError('ledger/transition', `a thread that is ${former} cannot become ${status}`, {
    help: NEXT[former].length === 0 ? ['begin a new one: vpr thread create'] : NEXT[former].map((next) => `--status ${next}`),
  });
}

function settingEdits(ledger: Ledger, { visibility, policies }: LedgerInput): YamlEdit[] {
  const changed = (section: 'visibility' | 'policies', former: object, values: object) =>
    Object.entries(values)
      .filter(([key, value]) => value !== undefined && (former as Record<string, unknown>)[key] !== value)
      .map(([key, value]): YamlEdit => ({ path: [section, key], value }));
  return [...changed('visibility', ledger.visibility, visibility), ...changed('policies', ledger.policies, policies)];
}

function participantEdits({ participants }: Ledger, { add, remove, change = [] }: LedgerInput): YamlEdit[] {
  const known = add.find(({ participant_id: id }, index) => participantWith([...participants, ...add.slice(0, index)], id) !== undefined);
  if (known !== undefined) throw new VprError('participant/twice', `${known.display_name} (${known.participant_id}) takes part already`);
  const indices = remove.map((text) => indexOf(participants, text, '--remove-participant'));
  const changed = change.flatMap((entry) =>
    entryEdits(participants, indexOf(participants, entry.participant_id, '--change-participant'), entry),
  );
  if (participants.length + add.length === new Set(indices).size)
    throw new VprError('participant/none', 'a thread needs at least one participant');
  const added = add.map((value, index): YamlEdit => ({ path: ['participants', participants.length + index], value }));
  const removed = [...new Set(indices)]
    .sort((a, b) => b - a)
    .map((index): YamlEdit => ({ path: ['participants', index], value: undefined }));
  return [...changed, ...added, ...removed];
}

/** Where a participant stands in a ledger. Throws `participant/unknown`. */
function indexOf(participants: readonly Participant[], text: string, flag: string): number {
  const wanted = parseTypedUuid(text);
  const index = participants.findIndex(({ participant_id: id }) => parseUuid(id) === wanted);
  if (index >= 0 && wanted !== undefined) return index;
  throw new VprError('participant/unknown', `${flag}: ${JSON.stringify(text)} is not the id of a participant`, {
    help: participants.map(({ participant_id, display_name }) => `${flag} ${participant_id}  (${display_name})`),
  });
}

/** What makes a participant's entry another, its id as it is spelt there. */
function entryEdits(participants: readonly Participant[], index: number, entry: Participant): YamlEdit[] {
  return (['role', 'display_name', 'organisation'] as const)
    .filter((key) => entry[key] !== participants[index]?.[key])
    .map((key) => ({ path: ['participants', index, key], value: entry[key] }));
}

/** The message that tells a thread's readers what changed; by the signer, in the role of the system. */
function systemMessage(writer: Writer, { ledger }: OpenThread, input: LedgerInput, now: Date): NewMessage | undefined {
  const { status, add, remove, change = [] } = input;
  const gone = remove.flatMap((id) => participantWith(ledger.participants, parseTypedUuid(id) ?? id) ?? []);
  const sentences = [
    ...add.map(({ display_name, role }) => `${display_name} (${role}) was added to the thread.`),
    ...change.flatMap((entry) => changeWords(participantWith(ledger.participants, entry.participant_id), entry)),
    ...gone.map(({ display_name, role }) => `${display_name} (${role}) was removed from the thread.`),
    ...(status === undefined || status === ledger.status ? [] : [`The thread was ${status}.`]),
  ];
  if (sentences.length === 0) return undefined;
  const authorId = participantOf(writer);
  const after = [...change, ...ledger.participants, ...add].filter(
    ({ participant_id: id }) => participantWith(gone, parseUuid(id) ?? id) === undefined,
  );
  return {
    id: newUuid(),
    role: 'system',
    authorId,
    authorName: participantWith(after, authorId)?.display_name ?? writer.identity.name,
    timestamp: formatInstant(instantOf(now)),
    body: normaliseBody(input.message ?? sentences.join('\n')),
  };
}

/** `Dr Ann Lee (clinician) is now Dr Ann Hill (careteam, Example NHS Trust).` */
function changeWords(former: Participant | undefined, entry: Participant): string[] {
  const words = ({ display_name, role, organisation }: Participant) =>
    `${display_name} (${role}${organisation === undefined ? '' : `, ${organisation}`})`;
  return former === undefined || words(former) === words(entry) ? [] : [`${words(former)} is now ${words(entry)}.`];
}

function summaryOf({ status, add, remove, change = [] }: LedgerInput): string {
  if (add.length + remove.length + change.length > 0) return 'Changed participants of thread';
  return status === undefined ? 'Changed settings of thread' : 'Changed status of thread';
}
