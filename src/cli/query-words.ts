/** Answers of a projection as people read them on a terminal; whatever a record holds is made safe for it. */
import { commandLine } from '../format/shell.js';
import { counted, printable } from '../format/text.js';
import type {
  Answer,
  FoundMessage,
  ListedThread,
  SearchAnswer,
  ShownMessage,
  ThreadAnswer,
  TimelineEntry,
  TimelineMessage,
} from '../projections/index.js';
import type { Checked } from './query-run.js';
import { lineWords, messageWords, threadHead } from './thread-words.js';

const LONGEST_REASON = 1000;

/** How every answer ends: where it goes on, what it stands on, and whether signatures hold. */
export function standingWords({ items, standing, cursor, cut, held, signatures }: Answer<unknown> & Checked, host: string): string[] {
  return [
    ...(items.length === 0 ? ['nothing'] : []),
    ...(cut ? ['', 'not all of it: looking stopped at the bound of one question, or something is not shown'] : []),
    ...(cursor === undefined ? [] : ['', `more: the same with --cursor ${cursor}`]),
    '',
    'not authoritative: Git is the record, and may have gone on since',
    ...standing.flatMap(({ record, commit, projectedAt, held }) => [
      `  record ${record} as of commit ${commit}, projected ${timeWords(projectedAt)}`,
      ...(held === undefined ? [] : [`    which may be far from all of it: ${held.state}: ${printable(held.reason, LONGEST_REASON)}`]),
    ]),
    ...(held === undefined ? [] : [`  ${heldWords(held, host)}`]),
    ...(signatures === undefined ? [] : signatureWords(signatures, host)),
  ];
}

function heldWords({ records, capped }: NonNullable<Answer<unknown>['held']>, host: string): string {
  return `${capped ? 'more than ' : ''}${counted(records, 'record')} of this host held, of which not all is here: ${commandLine('vpr', 'projection', 'status', host)}`;
}

function signatureWords({ commits }: NonNullable<Checked['signatures']>, host: string): string[] {
  const others = commits.filter(({ result }) => result !== 'good');
  const good = commits.length - others.length;
  return [
    '',
    `signatures: ${good} of ${counted(commits.length, 'commit')} good`,
    ...others.map(
      ({ record, commit, result, why }) => `  ${result}  commit ${commit} of record ${record}: ${printable(why ?? 'no reason is known')}`,
    ),
    ...(others.length === 0 ? [] : [`  what is wrong with them: ${commandLine('vpr', 'verify', '--all', host)}`]),
  ];
}

export function searchWords({ items, count: total }: SearchAnswer): string[] {
  const counted = total === undefined ? [] : totalWords(total);
  return [...counted, ...items.flatMap(foundWords)];
}

/** `200+ messages` where there are so many at least; nothing where none is known of. */
function totalWords({ value, capped }: { readonly value: number; readonly capped: boolean }): string[] {
  if (capped && value === 0) return [];
  return [capped ? `${value.toLocaleString('en-GB')}+ messages` : counted(value, 'message').replace(/^\d+/, value.toLocaleString('en-GB'))];
}

function foundWords({ record, thread, message, corrects, correctedBy, commit, snippet, ...written }: FoundMessage): string[] {
  return [
    '',
    `${timeWords(written.writtenAt)}  ${whoWords(written.author, written.recordedBy)}  ${message}`,
    `  record ${record}  thread ${printable(thread)}  commit ${commit}`,
    ...(corrects === null ? [] : [`  corrects ${corrects}`]),
    ...(correctedBy.length === 0 ? [] : [`  CORRECTED by ${correctedBy.join(', ')}`]),
    `  ${snippet.before ? '…' : ''}${printable(snippet.text.replace(/\s+/gu, ' '), Number.POSITIVE_INFINITY)}${snippet.after ? '…' : ''}`,
  ];
}

export function timelineWords({ commit, messages, ledgers, status }: TimelineEntry): string[] {
  const { id, committed_at, received_at, domain, action, summary, signer_name, author_role, registrations, verdict } = commit;
  const registered = registrations.length === 0 ? '' : `, ${printable(registrations.join(', '))}`;
  const role = author_role === null ? '' : ` (${printable(author_role)})`;
  const received = received_at === null ? 'not in the journal' : `received ${timeWords(received_at)}`;
  return [
    '',
    `${timeWords(committed_at)}  ${printable(`${domain ?? '-'}:${action ?? '-'}: ${summary ?? '-'}`)}`,
    `  commit ${id}  ${verdict}, ${received}`,
    `  signed by ${printable(signer_name ?? 'unknown')}${role}${registered}`,
    ...messages.map((message) => `  ${messageLine(message)}`),
    ...ledgers.map((ledger) => `  thread ${printable(ledger.thread)} is ${stateWords(ledger)}`),
    ...(status === undefined ? [] : [`  the record is ${recordWords(status)}`]),
  ];
}

function messageLine({ thread, message, author, recordedBy, corrects, correctedBy }: TimelineMessage): string {
  const what = `${corrects === null ? '' : `, corrects ${corrects}`}${correctedBy.length === 0 ? '' : `, CORRECTED by ${correctedBy.join(', ')}`}`;
  return `message ${message} of ${whoWords(author, recordedBy)} in thread ${printable(thread)}${what}`;
}

function recordWords({ lifecycle_state, record_open, record_queryable, record_modifiable }: NonNullable<TimelineEntry['status']>): string {
  const not = (flag: boolean) => (flag ? '' : 'not ');
  return `${printable(lifecycle_state)}, ${not(record_open)}open, ${not(record_queryable)}queryable, ${not(record_modifiable)}modifiable`;
}

export function listedWords({ record, thread, participants, last_updated_at, ...state }: ListedThread): string {
  const names = participants.map(({ display_name }) => display_name);
  const line = { id: printable(thread), status: state.status as 'open', lastUpdatedAt: timeWords(last_updated_at), participants: names };
  const kept = stateWords(state).slice(state.status.length);
  return `${record}  ${lineWords(line)}${kept}`;
}

/** So far in text goes; corrections of corrections farther in stand under one another, and say what they correct. */
const DEEPEST = 8;

/** A thread, each message followed by what corrects it, farther in. */
export function shownWords({ thread, items }: ThreadAnswer): string[] {
  const participants = thread.participants.map(({ organisation, ...rest }) => ({ ...rest, organisation: organisation ?? undefined }));
  return [
    ...threadHead(printable(thread.thread), stateWords(thread), participants),
    ...items.flatMap((message) => shownMessage(message, 0)),
  ];
}

function shownMessage({ corrections, ...message }: ShownMessage, depth: number): string[] {
  const { message: id, author, timestamp, body, corrects, recordedBy } = message;
  const lines = messageWords({
    ...{ id, authorId: author.id, authorName: author.name, timestamp, body },
    ...(author.role === null ? {} : { role: author.role as 'clinician' }),
    ...(corrects === null ? {} : { corrects }),
    ...(recordedBy === null ? {} : { recordedBy }),
  });
  const indented = lines.map((line) => (line === '' ? '' : `${'    '.repeat(Math.min(depth, DEEPEST))}${line}`));
  return [...indented, ...corrections.flatMap((correction) => shownMessage(correction, depth + 1))];
}

function stateWords({
  status,
  sensitivity,
  restricted,
}: {
  readonly status: string;
  readonly sensitivity: string;
  readonly restricted: boolean;
}) {
  return `${status}${sensitivity === 'standard' ? '' : `, ${sensitivity}`}${restricted ? ', restricted' : ''}`;
}

function whoWords({ name, role }: FoundMessage['author'], recordedBy: string | null): string {
  return `${printable(name)}${role === null ? '' : ` (${role})`}${recordedBy === null ? '' : `, recorded by ${printable(recordedBy)}`}`;
}

/** What no calendar has is not a time. */
function timeWords(milliseconds: number | null): string {
  const date = new Date(milliseconds ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString();
}
