/**
 * The tables of a projection, the same on both databases. Every key begins
 * with `record`. Ids are canonical (UUIDs hyphenated, lowercase), times are
 * milliseconds since 1970, truth values are 0 and 1.
 */

/** 0 or 1: SQLite knows no other truth values. */
export type Flag = 0 | 1;

/** A record as its newest projected commit has it. What a record of another kind than coordination does not have is null. */
export interface RecordRow {
  record: string;
  kind: string;
  clinical_id: string | null;
  lifecycle_state: string | null;
  record_open: Flag | null;
  record_queryable: Flag;
  record_modifiable: Flag | null;
  /** The newest commit's committer date. */
  last_activity_at: number;
}

/** How far each record has been projected, and what keeps it from going on. */
export interface ProjectionRow {
  record: string;
  kind: string;
  /** The commit that was reached; null where there is none yet. */
  reached: string | null;
  /** Its `seq`. */
  seq: number | null;
  /** The version of the projection that wrote the rows. */
  version: number;
  projected_at: number;
  /**
   * `current`; `set-aside`: could not be projected; `withheld`: main has commits that do not pass; `partial`: rows are
   * being made from the root on, and nothing is answered from those that there are.
   */
  state: 'current' | 'set-aside' | 'withheld' | 'partial';
  reason: string | null;
  attempts: number;
  next_try_at: number | null;
}

/** The states of records that don't go on, or not yet. */
export const HELD_STATES = ['set-aside', 'withheld', 'partial'] as const satisfies readonly ProjectionRow['state'][];

export interface CommitRow {
  record: string;
  /** Its place in the history, the root's is 0. */
  seq: number;
  id: string;
  domain: string | null;
  action: string | null;
  summary: string | null;
  /** The `Author-Name` trailer, and the two below likewise. */
  author_name: string | null;
  author_role: string | null;
  care_location: string | null;
  /** The participant whose messages the signer recorded (`On-Behalf-Of`). */
  on_behalf_of: string | null;
  authored_at: number | null;
  committed_at: number | null;
  /** As the certificate in the signature says, and the three below likewise. */
  signer_name: string | null;
  /** A JSON list of texts like `GMC 1234567`. */
  registrations: string;
  participant_id: string | null;
  /** SHA-256 of the certificate in DER, in hex. */
  certificate: string | null;
  encoding: string | null;
  /** `accepted` by the hook; `judged` later, where the journal doesn't have it. */
  verdict: 'accepted' | 'judged';
  /** From the journal. */
  received_at: number | null;
}

/** A thread as its newest ledger has it. */
export interface ThreadRow {
  record: string;
  thread: string;
  status: string;
  created_at: number;
  last_updated_at: number;
  /** The time of the last message in the file. */
  last_message_at: number | null;
  messages: number;
  sensitivity: string;
  restricted: Flag;
  allow_patient_participation: Flag;
  allow_external_organisations: Flag;
  opened_seq: number;
  changed_seq: number;
}

/** A participant for as long as the ledger says the same of them. */
export interface ParticipantRow {
  record: string;
  thread: string;
  participant: string;
  /** The commit since which the ledger says so. */
  from_seq: number;
  /** The commit that says otherwise; null: still. */
  until_seq: number | null;
  role: string;
  display_name: string;
  organisation: string | null;
}

export interface MessageRow {
  record: string;
  thread: string;
  /** Its place in the file, from 0. */
  position: number;
  message: string;
  /** A correction's is its author's in the ledger. */
  role: string | null;
  author_id: string;
  author_name: string;
  written_at: number;
  /** The same as written. */
  timestamp: string;
  corrects: string | null;
  body: string;
  /** The commit that brought it. */
  seq: number;
  /** The signer's name, where that is not the author. */
  recorded_by: string | null;
}

/** A message with what full text needs: in SQLite the number that the index knows it by, in PostgreSQL its words, and which follow one another. */
export interface StoredMessageRow extends MessageRow {
  document?: number;
  words?: string;
  pairs?: number[];
}

/** What a ledger said from a commit on: one for each commit that changes more of it than `last_updated_at`. Participants have a table of their own. */
export interface LedgerVersionRow {
  record: string;
  thread: string;
  seq: number;
  status: string;
  sensitivity: string;
  restricted: Flag;
  allow_patient_participation: Flag;
  allow_external_organisations: Flag;
}

/** What the status file said from a commit on. */
export interface StatusVersionRow {
  record: string;
  seq: number;
  lifecycle_state: string;
  record_open: Flag;
  record_queryable: Flag;
  record_modifiable: Flag;
}

/** What was found in commits that are withheld. No words of a record. */
export interface ProblemRow {
  record: string;
  number: number;
  id: string | null;
  rule: string;
  severity: string;
  path: string | null;
  line: number | null;
  message: string;
}

/**
 * What is not shown while main's newest commits are withheld: threads that one of them restricts. Rows are of a former
 * main then, and show no more than main itself would. An empty thread: the whole record.
 */
export interface HiddenRow {
  record: string;
  thread: string;
}

export interface Tables {
  records: RecordRow;
  projections: ProjectionRow;
  commits: CommitRow;
  threads: ThreadRow;
  participants: ParticipantRow;
  messages: StoredMessageRow;
  ledger_versions: LedgerVersionRow;
  status_versions: StatusVersionRow;
  problems: ProblemRow;
  hidden: HiddenRow;
}

/** The tables that a record's history fills, and their keys: what digests are of. */
export const HISTORY_KEYS = {
  records: ['record'],
  commits: ['record', 'seq'],
  status_versions: ['record', 'seq'],
  threads: ['record', 'thread'],
  ledger_versions: ['record', 'thread', 'seq'],
  participants: ['record', 'thread', 'participant', 'from_seq'],
  messages: ['record', 'thread', 'position'],
} as const;

/** What everybody reads of a message: all but what full text keeps beside it. */
export const MESSAGE_COLUMNS = [
  'record',
  'thread',
  'position',
  'message',
  'role',
  'author_id',
  'author_name',
  'written_at',
  'timestamp',
  'corrects',
  'body',
  'seq',
  'recorded_by',
] as const satisfies readonly (keyof MessageRow)[];
