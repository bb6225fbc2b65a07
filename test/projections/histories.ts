/** Histories of every kind of change, made by chance, signed with real keys, in a real repository. */
import { join } from 'node:path';
import type { ObjectId } from '../../src/format/push.js';
import { accountEnvironment, type ObjectReader, openDirect } from '../../src/git/index.js';
import type { ProjectRequest } from '../../src/projections/index.js';
import { makeClient, setRef, type Teardown, temporary, writeObjects } from '../e2e/support.js';
import type { People } from '../support/people.js';
import type { Random } from '../support/random.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { MESSAGE_ID } from '../support/texts.js';

/** A record's history, with another one that it could have been rewound to. */
export interface Histories {
  readonly source: ObjectReader;
  /** Oldest first. */
  readonly ids: readonly ObjectId[];
  /** Begins like `ids`, and goes on otherwise. */
  readonly others: readonly ObjectId[];
  readonly record: Scenario;
  /** A request to project up to one of them. */
  request(to: ObjectId | undefined): ProjectRequest;
}

const STATUS_FILE = 'COORDINATION_STATUS.yaml';
const BODIES = [
  'Chest X-ray shows nothing new.',
  'Blood pressure 120/80, naïve façade',
  '血圧は正常です',
  '---\n\n## Message',
  '\\---',
  'a '.repeat(300),
];

/** Every change that a history may have: each adds one commit. */
const CHANGES: readonly ((record: Scenario, random: Random) => void)[] = [
  (record, random) => record.append({ by: random.pick(['jane', 'tom', 'pat'] as const), body: random.pick(BODIES) }),
  (record, random) =>
    record.append({ by: 'jane', role: 'correction', body: `${random.pick(BODIES)} ${random.int(100)}`, corrects: MESSAGE_ID }),
  (record, { pick }) => record.append({ by: 'ada', author: 'pat', body: pick(BODIES), trailers: { 'On-Behalf-Of': record.ids.pat } }),
  (record, random) => record.open({ body: random.pick(BODIES) }),
  (record) => record.open({ ledger: (yaml) => yaml.replace('sensitivity: standard', 'sensitivity: restricted'), body: 'Of few.' }),
  (record) => ledger(record, (yaml) => swapped(yaml, 'restricted: false', 'restricted: true')),
  (record) => ledger(record, (yaml) => swapped(yaml, 'sensitivity: standard', 'sensitivity: confidential')),
  (record) => ledger(record, (yaml) => swapped(yaml, 'John Doe\n    organisation: Example NHS Trust\n', 'John Doe\n')),
  (record) =>
    ledger(record, (yaml) => {
      const rob = `  - participant_id: ${record.ids.rob}\n    role: clinician\n    display_name: Dr Rob Hill\n    organisation: Example NHS Trust\n`;
      return yaml.includes(rob) ? yaml.replace(rob, '') : yaml.replace('visibility:', `${rob}visibility:`);
    }),
  (record) => record.commit({ files: { [STATUS_FILE]: (yaml) => swapped(yaml, 'record_queryable: true', 'record_queryable: false') } }),
  (record) => record.commit({ files: { [STATUS_FILE]: (yaml) => `${yaml}# looked at\n` } }),
];

export function makeHistories(t: Teardown, people: People, random: Random, count: number): Histories {
  const record = scenario(people, undefined, count + 60, count + 3600);
  const repository = makeClient(join(temporary(t), 'record.git'));
  const tip = () => record.made().updates[0]?.new ?? '';
  const grow = (commits: number): ObjectId[] =>
    Array.from({ length: commits }, () => {
      random.pick(CHANGES)(record, random);
      return tip();
    });
  const root = /\nparent ([0-9a-f]+)/.exec(record.tip())?.[1] ?? '';
  const begun = [root, tip(), ...grow(Math.floor(count / 2))];
  record.taken();
  const others = [...begun, ...grow(Math.floor(count / 2))];
  record.again();
  const ids = [...begun, ...grow(Math.ceil(count / 2))];
  writeObjects(repository, record.made().objects);
  setRef(repository, 'refs/heads/main', ids.at(-1) ?? '');
  const source = openDirect(repository, accountEnvironment());
  t.teardown(() => source.close());
  return { source, ids, others, record, request: (to) => requestOf(record.id, source, to ?? '') };
}

/** A request whose receipts follow from the commits, as a journal's do. */
export function requestOf(id: string, source: ProjectRequest['source'], to: ObjectId): ProjectRequest {
  const known = (commit: ObjectId) => Number.parseInt(commit.slice(0, 2), 16) % 4 !== 0;
  return {
    record: { kind: 'coordination', id },
    source,
    to,
    verdictOf: (commit) => (known(commit) ? 'accepted' : 'judged'),
    receivedAt: (commit) => (known(commit) ? 1_767_225_600_000 + Number.parseInt(commit.slice(0, 8), 16) : undefined),
    now: new Date(),
  };
}

function ledger(record: Scenario, change: (yaml: string) => string): void {
  record.commit({ files: { [`${record.thread}/ledger.yaml`]: record.touched(change) } });
}

/** One for the other, whichever stands there. */
function swapped(text: string, one: string, other: string): string {
  return text.includes(one) ? text.replace(one, other) : text.replace(other, one);
}
