/** The record of the rules' examples (`ExampleRecord`), built of real objects and signed with real keys. */
import { randomUUID } from 'node:crypto';
import type { Policy } from '../../src/format/policy.js';
import type { GitObject, ObjectId, RefUpdate } from '../../src/format/push.js';
import { readPush } from '../../src/git/push.js';
import { signPayload } from '../../src/trust/sign.js';
import type { Edit, ExampleCommit, ExampleMessage, ExampleRecord, Person } from '../../src/validators/example.js';
import { judge } from '../../src/validators/judge.js';
import type { Context } from '../../src/validators/step.js';
import type { Verdict } from '../../src/validators/verdict.js';
import { objectTable, putTree, type TreeFile, withSignature } from './objects.js';
import type { People } from './people.js';
import { commitText, ledgerText, MESSAGE_ID, messageText, OTHER_ID, RECORD_ID, STATUS } from './texts.js';

const ZERO = '0'.repeat(40);
const HOUR = 3600;

/** A push as objects, to be written into real repositories. */
export interface MadePush {
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
  /** Those of `objects` that the host has already. */
  readonly former: ReadonlySet<ObjectId>;
  readonly updates: readonly RefUpdate[];
  /** Whether the host has registered the record. */
  readonly registered: boolean;
  readonly policy: Policy;
}

export interface Scenario extends ExampleRecord {
  /** What the rules say of the push. */
  judge(change?: Partial<Context>): Promise<Verdict>;
  /** Stored bytes of the newest commit, as latin1. */
  tip(): string;
  /** The push itself. */
  made(): MadePush;
  /** Forgets the push: the next one begins at what the host has. */
  again(): this;
  /** The host has what was pushed; the next push begins there. */
  taken(): this;
}

/**
 * A fresh record with one thread, begun `begun` seconds ago, and an empty push
 * to it, whose commits begin `age` seconds ago and are a second apart.
 */
export function scenario({ people, policy, trust }: People, strangers?: People, age = 60, begun = HOUR): Scenario {
  const table = objectTable();
  const now = Math.floor(Date.now() / 1000);
  const stamp = (seconds: number) => new Date((now + seconds) * 1000).toISOString();
  const directory = `communications/${stamp(-HOUR).replace(/[-:]/g, '')}-550e8400-e29b-41d4-a716-446655440000`;

  let files = new Map<string, TreeFile>();
  let head: ObjectId | undefined;
  let old: ObjectId | undefined;
  let signers = people;
  let registered = true;
  let limits = policy;
  let deleted = false;
  let former: ReadonlySet<ObjectId> = new Set();
  let formerFiles = files;
  const refs: string[] = [];
  let moment = -begun;

  function updates(): RefUpdate[] {
    const main = { old: old ?? ZERO, new: deleted ? ZERO : (head ?? ZERO), ref: 'refs/heads/main' };
    return [main, ...refs.map((ref) => ({ old: ZERO, new: head ?? ZERO, ref }))];
  }

  function edit(changes: Readonly<Record<string, Edit>>, modes: Readonly<Record<string, string>>): void {
    files = new Map(files);
    for (const [path, change] of Object.entries(changes)) {
      if (change === null) files.delete(path);
      else {
        const text = typeof change === 'string' ? change : change(files.get(path)?.text ?? '');
        files.set(path, { text, mode: modes[path] ?? '100644' });
      }
    }
  }

  function commit(options: ExampleCommit): void {
    const person = signers[options.by ?? 'jane'];
    edit(options.files ?? {}, options.modes ?? {});
    const seconds = options.seconds ?? moment;
    moment += 1;
    const ident = `${person.name} <${person.email}> ${now + seconds} +0000`;
    const trailers = {
      'Author-Name': person.name,
      'Author-Role': 'Clinician',
      'Author-Registration': `${person.authority} ${person.number}`,
      'Care-Location': 'Oxford University Hospitals',
      ...options.trailers,
    };
    const parents = options.parent === 'root' || head === undefined ? [] : options.parent === 'merge' ? [head, old ?? head] : [head];
    const subject = options.subject ?? `coordination:${parents.length === 0 ? 'create' : 'update'}: Changed the record`;
    const unsigned = commitText(putTree(table, files), parents, ident, subject, trailers);
    const payload = Buffer.from((options.unsigned ?? ((bytes) => bytes))(Buffer.from(unsigned, 'utf8').toString('latin1')), 'latin1');
    const signature = signPayload(payload, person.key, [person.certificate], 'cms');
    const signed = withSignature(payload.toString('latin1'), signature);
    head = table.put('commit', Buffer.from((options.signed ?? ((bytes) => bytes))(signed), 'latin1'));
  }

  function touched(change: (yaml: string) => string = (yaml) => yaml, seconds = moment): (yaml: string) => string {
    return (yaml) => change(yaml).replace(/^last_updated_at: .*$/m, `last_updated_at: ${stamp(seconds)}`);
  }

  function openThread(
    path: string,
    message: ExampleMessage | null,
    by: Person = 'jane',
    ledger: (yaml: string) => string = (yaml) => yaml,
  ): void {
    const participants = by === 'jane' ? [people.jane, people.tom, people.pat] : [people[by], people.jane];
    commit({
      by,
      files: {
        [`${path}/ledger.yaml`]: ledger(ledgerText(path.slice('communications/'.length), participants, stamp(moment))),
        [`${path}/thread.md`]: message === null ? '# Messages\n' : `# Messages\n\n${messageText(message, people[by], stamp(moment))}`,
      },
    });
  }

  const ids = Object.fromEntries(Object.entries(people).map(([person, { id }]) => [person, id])) as Record<Person, string>;

  const record: Scenario = {
    thread: directory,
    message: MESSAGE_ID,
    ids,
    id: RECORD_ID,
    otherId: OTHER_ID,
    get formerLedger() {
      return files.get(`${directory}/ledger.yaml`)?.text ?? '';
    },
    commit(options) {
      commit(options);
      return record;
    },
    append(message = {}) {
      const ledger = `${directory}/ledger.yaml`;
      const thread = `${directory}/thread.md`;
      const further = message.files ?? {};
      const text = messageText(message, people[message.author ?? message.by ?? 'jane'], stamp(message.seconds ?? moment));
      commit({
        ...(message.by === undefined ? {} : { by: message.by }),
        trailers: message.trailers ?? {},
        files: {
          ...further,
          [ledger]: after(touched(), further[ledger]),
          [thread]: after((former) => `${former}\n---\n\n${text}`, further[thread]),
        },
      });
      return record;
    },
    open({ by = 'jane', ledger = (yaml: string) => yaml, body = 'Hello.', directory: name } = {}) {
      openThread(
        name ?? `communications/${stamp(moment).replace(/[-:]/g, '')}-${randomUUID()}`,
        body === null ? null : { by, body },
        by,
        ledger,
      );
      return record;
    },
    touched,
    begin(status = (yaml: string) => yaml, further = {}, options = {}) {
      files = new Map();
      head = undefined;
      old = undefined;
      former = new Set();
      formerFiles = new Map();
      edit({ 'COORDINATION_STATUS.yaml': STATUS }, {});
      commit({ ...options, files: { 'COORDINATION_STATUS.yaml': status, ...further } });
      return record;
    },
    ref(name) {
      refs.push(name);
      return record;
    },
    delete() {
      deleted = true;
      return record;
    },
    rewrite() {
      const parent = /\nparent ([0-9a-f]+)/.exec(record.tip())?.[1];
      head = parent;
      files = new Map([...files].filter(([path]) => !path.startsWith('communications/')));
      openThread(directory, FIRST);
      return record;
    },
    stranger() {
      if (strangers === undefined) throw new Error('this scenario has no strangers');
      const known = head;
      signers = strangers.people;
      const last = table.get(known ?? '').bytes;
      const unsigned = Buffer.from(last)
        .toString('latin1')
        .replace(/\ngpgsig (?:.*\n )*.*/, '');
      const payload = Buffer.from(unsigned, 'latin1');
      const signature = signPayload(payload, signers.jane.key, [signers.jane.certificate], 'cms');
      head = table.put('commit', Buffer.from(withSignature(unsigned, signature), 'latin1'));
      return record;
    },
    forget(what) {
      if (what === 'registration') registered = false;
      else table.drop(/\nparent ([0-9a-f]+)/.exec(record.tip())?.[1] ?? '');
      return record;
    },
    policy({ patientsMayOpenThreads, commitsPerPush }) {
      limits = {
        ...limits,
        ...(patientsMayOpenThreads === undefined ? {} : { patientsMayOpenThreads }),
        limits: { ...limits.limits, ...(commitsPerPush === undefined ? {} : { commitsPerPush }) },
      };
      return record;
    },
    made: () => ({ objects: table.all(), former, updates: updates(), registered, policy: limits }),
    again() {
      files = formerFiles;
      head = old;
      return record;
    },
    taken() {
      old = head;
      former = new Set(table.all().keys());
      formerFiles = files;
      return record;
    },
    tip: () => Buffer.from(table.get(head ?? '').bytes).toString('latin1'),
    async judge(change = {}) {
      const received = new Date(now * 1000);
      return judge(await readPush(table, updates(), limits.limits), {
        record: registered ? { kind: 'coordination', id: RECORD_ID } : undefined,
        policy: limits,
        trust,
        times: () => ({ received, latest: received, known: 'host' }) as const,
        knownRegistrations: () => undefined,
        ...change,
      });
    },
  };

  record.begin();
  openThread(directory, FIRST);
  moment = -age;
  return record.taken();
}

const FIRST = { id: MESSAGE_ID, body: 'Please review chest X-ray and advise on next steps.' };

/** One edit after another. */
function after(first: (text: string) => string, second: Edit | undefined): Edit {
  if (second === undefined) return first;
  return typeof second === 'function' ? (text) => second(first(text)) : second;
}
