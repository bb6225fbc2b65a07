/** Rows of many records, made by chance and without Git: what a database is filled with to be asked. */
import type { Changes } from '../src/projections/changes.js';
import type { CommitRow, MessageRow, ParticipantRow, ThreadRow } from '../src/projections/tables.js';
import { type Random, seeded } from '../test/support/random.js';

/** How much there is to be. */
export interface Size {
  readonly records: number;
  readonly messages: number;
}

/** In every message; in one of a hundred; of a thousand; of ten thousand. */
export const WORDS = { everywhere: 'pressure', common: 'oedema', seldom: 'asthma', rare: 'pneumonia' } as const;
/** Takes part in every thread. */
export const BUSY = '00000000-0000-4000-8000-000000000001';

const THREAD = 10;
const CLINICIANS = 2000;
const YEARS = 5 * 365 * 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const VOCABULARY = makeVocabulary(20_000);

/** The history of each record: a root, and a commit for each message; ten messages a thread. */
export function* makeRecords({ records, messages }: Size): Generator<Changes> {
  const random = seeded(1);
  const each = messages / records;
  for (let index = 0; index < records; index += 1) yield makeRecord(random, index, each);
}

/** The id of the record at an index. */
export function recordId(index: number): string {
  return `${(Math.imul(index, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** The participant id of a clinician. */
export function clinician(index: number): string {
  return `c0000000-0000-4000-8000-${(index % CLINICIANS).toString(16).padStart(12, '0')}`;
}

function makeRecord(random: Random, index: number, each: number): Changes {
  const record = recordId(index);
  const began = NOW - random.int(YEARS);
  const step = Math.max(1, Math.floor((NOW - began) / (each + 1)));
  const commits: CommitRow[] = [commitRow(random, record, 0, began, clinician(index))];
  const [messages, opened, participants]: [MessageRow[], ThreadRow[], ParticipantRow[]] = [[], [], []];
  const ledgerVersions: Changes['ledgerVersions'][number][] = [];
  for (let seq = 1; seq <= each; seq += 1) {
    const at = began + seq * step - random.int(step);
    const position = (seq - 1) % THREAD;
    const authors = [clinician(index), clinician(index * 7 + 1), BUSY];
    if (position === 0) {
      const thread = `${new Date(at).toISOString().replace(/[-:]/g, '')}-${recordId(index).slice(0, 18)}-8000-${seq.toString(16).padStart(12, '0')}`;
      const said = {
        status: random.int(4) === 0 ? 'closed' : 'open',
        sensitivity: 'standard',
        restricted: random.int(100) === 0 ? 1 : 0,
      } as const;
      const policies = { allow_patient_participation: 1, allow_external_organisations: 1 } as const;
      const times = { created_at: at, last_updated_at: at, last_message_at: at, messages: 0 };
      opened.push({ record, thread, ...said, ...policies, ...times, opened_seq: seq, changed_seq: seq });
      ledgerVersions.push({ record, thread, seq, ...said, ...policies });
      for (const participant of authors)
        participants.push({
          record,
          thread,
          participant,
          from_seq: seq,
          until_seq: null,
          role: 'clinician',
          display_name: 'Dr Jane Smith',
          organisation: null,
        });
    }
    const thread = opened.at(-1) as ThreadRow;
    Object.assign(thread, { last_updated_at: at, last_message_at: at, messages: position + 1, changed_seq: seq });
    const author = authors[random.int(authors.length)] as string;
    messages.push(messageRow(random, thread, position, seq, at, author));
    commits.push(commitRow(random, record, seq, at, author));
  }
  const status = { lifecycle_state: 'active', record_open: 1, record_queryable: index % 200 === 7 ? 0 : 1, record_modifiable: 1 } as const;
  return {
    record: {
      record,
      kind: 'coordination',
      clinical_id: recordId(index + 1_000_000),
      ...status,
      last_activity_at: commits.at(-1)?.committed_at ?? 0,
    },
    commits,
    statusVersions: [{ record, seq: 0, ...status }],
    opened,
    changed: [],
    ledgerVersions,
    participants: { rows: participants, ended: [] },
    messages,
  };
}

function commitRow(random: Random, record: string, seq: number, at: number, participant: string): CommitRow {
  return {
    record,
    seq,
    id: random.bytes(20).toString('hex'),
    domain: 'coordination',
    action: seq === 0 ? 'create' : 'update',
    summary: 'Added message to thread',
    author_name: 'Dr Jane Smith',
    author_role: 'Clinician',
    care_location: 'Oxford University Hospitals',
    on_behalf_of: null,
    authored_at: at,
    committed_at: at,
    signer_name: 'Dr Jane Smith',
    registrations: '["GMC 1234567"]',
    participant_id: participant,
    certificate: `${participant.replaceAll('-', '')}${participant.replaceAll('-', '')}`,
    encoding: 'cms',
    verdict: 'accepted',
    received_at: at,
  };
}

function messageRow(random: Random, { record, thread }: ThreadRow, position: number, seq: number, at: number, author: string): MessageRow {
  return {
    record,
    thread,
    position,
    message: uuid(random),
    role: 'clinician',
    author_id: author,
    author_name: 'Dr Jane Smith',
    written_at: at,
    timestamp: new Date(at).toISOString(),
    corrects: null,
    body: bodyText(random),
    seq,
    recorded_by: null,
  };
}

/** About two hundred characters: few words often, many seldom. */
function bodyText(random: Random): string {
  const words: string[] = [WORDS.everywhere];
  if (random.int(100) === 0) words.push(WORDS.common);
  if (random.int(1000) === 0) words.push(WORDS.seldom);
  if (random.int(10_000) === 0) words.push(WORDS.rare);
  for (let count = 0; count < 28; count += 1) words.push(VOCABULARY[Math.floor(VOCABULARY.length ** (random.int(1000) / 1000)) - 1] ?? '');
  return `${words.join(' ')}.`;
}

function makeVocabulary(count: number): string[] {
  const random = seeded(2);
  const syllables = ['ta', 'ri', 'mo', 'len', 'sa', 'ko', 'du', 'vi', 'pra', 'ne', 'chi', 'lo'];
  return Array.from({ length: count }, () => Array.from({ length: 1 + random.int(4) }, () => random.pick(syllables)).join(''));
}

function uuid(random: Random): string {
  const hex = random.bytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
