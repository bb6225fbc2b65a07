/** What the commands that ask a host's projection have in common. */
import { existsSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { VprError } from '../errors.js';
import { parseTypedUuid, type Uuid } from '../format/identifiers.js';
import { formatInstant, parseInstant } from '../format/instant.js';
import { checkedReason, logAccess } from '../hosts/access.js';
import { refuseStranger } from '../hosts/owner.js';
import type { Answer, Asking, Database } from '../projections/index.js';
import { given } from '../verify/given.js';
import type { CheckedCommit, ReadVerify } from '../watch/checked.js';
import { checkSignatures } from '../watch/signatures.js';
import { asking, type OpenedHost, openProjectedHost, openToRead } from './projection-flags.js';

const HOST = { helpValue: 'DIR', description: "the host's directory" };
const REASON = {
  helpValue: 'TEXT',
  description: 'why you need what is restricted or not to be queried: shows it, and writes this down with your account and the time',
};
const LIMIT = { helpValue: 'N', description: 'at most so many, 1 to 200; 20 unless said otherwise' };
const CURSOR = { helpValue: 'TEXT', description: 'where the former page ended, as it said' };

/** Where to ask, and how. */
export const queryFlags = {
  host: Flags.string({ ...HOST, required: true }),
  archived: Flags.boolean({ description: 'archived threads as well' }),
  reason: Flags.string(REASON),
  limit: Flags.integer(LIMIT),
  cursor: Flags.string(CURSOR),
};

const ofHost = { dependsOn: ['host'] };

/** The same where a host is one of two things that can be asked. */
export const hostInsteadFlags = {
  host: Flags.string({ ...HOST, description: 'the host whose projection to ask, instead of a clone', exclusive: ['in'] }),
  record: Flags.string({ helpValue: 'ID', description: 'the record, where two have a thread of that id', ...ofHost }),
  reason: Flags.string({ ...REASON, ...ofHost }),
  limit: Flags.integer({ ...LIMIT, ...ofHost }),
  cursor: Flags.string({ ...CURSOR, ...ofHost }),
};

/** What somebody typed. */
export interface Asked {
  readonly host: string;
  readonly reason?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly archived?: boolean | undefined;
}

/** What is asked, and what its answer shows, in ids. */
export interface Question<T> {
  readonly command: string;
  readonly ids: Readonly<Record<string, string | undefined>>;
  ask(database: Database, asking: Asking): Promise<T>;
  threadsIn(answer: T): readonly string[];
  /** The commits that it names. */
  commitsIn(answer: T): readonly { readonly record: string; readonly commit: string }[];
}

/** What came of looking at signatures, where `projections.yaml` asks for it. */
export interface Checked {
  readonly signatures?: { readonly verify: ReadVerify; readonly good: boolean; readonly commits: readonly CheckedCommit[] };
}

/**
 * Asks the projection of a host. Where a reason is given, that and what is
 * about to be shown has been written down when this returns. Throws
 * `host/not-a-host`, `host/not-owner`, `projections/missing`, `projections/database`, `access/…`, and what the query throws.
 */
export async function askProjection<T extends Answer<unknown>>(flags: Asked, question: Question<T>): Promise<T & Checked> {
  const { command, ids, ask, threadsIn } = question;
  const host = openProjectedHost(flags.host);
  const { paths, settings } = host;
  const reason = flags.reason === undefined ? undefined : checkedReason(flags.reason);
  // The first line makes the file, which the host's own account must be able to go on with.
  if (reason !== undefined && !existsSync(paths.access)) refuseStranger(paths);
  const { limit, cursor, archived } = flags;
  const database = await openToRead(paths, settings.database);
  return asking(database, async () => {
    const answer = await ask(database, given({ reason, limit, cursor, archived }));
    if (reason !== undefined) {
      const records = answer.standing.map(({ record }) => record);
      logAccess(paths, { command, reason, asked: ids, records, threads: [...new Set(threadsIn(answer))] }, new Date());
    }
    return { ...answer, ...(await checked(host, answer, question, reason)) };
  });
}

/** Checks the signatures of what an answer names, and of what it stands on. */
async function checked<T extends Answer<unknown>>(
  { settings: { readVerify }, ...host }: OpenedHost,
  answer: T,
  { commitsIn }: Question<T>,
  reason: string | undefined,
): Promise<Checked> {
  if (readVerify === 'off') return {};
  const named = commitsIn(answer);
  const ofRecord = answer.standing.map(({ record, commit: reached }) => {
    const commits = new Set([...named.filter((one) => one.record === record).map(({ commit }) => commit), reached]);
    return { record, reached, commits };
  });
  const looked = await checkSignatures(host, ofRecord, readVerify, new Date());
  const isNamed = new Set(named.map(({ record, commit }) => `${record} ${commit}`));
  // What rows stand on may be a commit of a restricted thread, of which nothing else is said.
  const commits = looked.map((one) => (reason !== undefined || isNamed.has(`${one.record} ${one.commit}`) ? one : withoutSigner(one)));
  return { signatures: { verify: readVerify, good: commits.every(({ result }) => result === 'good'), commits } };
}

/** Whether it is good, and neither whose it is nor when it was received. */
function withoutSigner({ certificate: _, key: __, received: ___, receivedBy: ____, ...said }: CheckedCommit): CheckedCommit {
  return { ...said, registrations: [] };
}

/** Milliseconds since 1970, of a day (its beginning, in UTC) or an RFC 3339 time; `flag` is where it was typed. Throws `projections/time`. */
export function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = parseInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (instant !== undefined) return Date.parse(formatInstant(instant));
  throw new VprError('projections/time', `${flag}: ${JSON.stringify(text)} is no day and no time`, {
    help: [`for example ${flag} 2026-01-31, or ${flag} 2026-01-31T09:30:00Z`],
  });
}

/** A UUID that was typed; `what` is where. Throws `projections/id`. */
export function typedId(what: string, text: string): Uuid;
export function typedId(what: string, text: string | undefined): Uuid | undefined;
export function typedId(what: string, text: string | undefined): Uuid | undefined {
  const id = text === undefined ? undefined : parseTypedUuid(text);
  if (text === undefined || id !== undefined) return id;
  throw new VprError('projections/id', `${what}: ${JSON.stringify(text)} is no id: a whole UUID is meant`, {
    help: ['ids of records: vpr host list DIR', 'ids of people: vpr thread show THREAD --host DIR --json'],
  });
}
