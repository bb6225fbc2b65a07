/** Pushes of chance: valid ones, most of them spoiled somewhere. */
import type { GitObject, ObjectId, RefUpdate } from '../../src/format/push.js';
import type { Edit, Person } from '../../src/validators/example.js';
import { objectTable } from '../support/objects.js';
import type { People } from '../support/people.js';
import type { Random } from '../support/random.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { mutate } from './mutate.js';

/** A push, and everything there is of it. */
export interface SoakPush {
  /** What was done, to be read where it went wrong. */
  readonly what: string;
  readonly record: Scenario;
  readonly update: RefUpdate;
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

const PEOPLE: readonly Person[] = ['jane', 'tom', 'pat', 'ada', 'rob', 'sue', 'bot'];
export const LATIN1 = (change: (text: string) => string) => (text: string) =>
  Buffer.from(change(Buffer.from(text, 'utf8').toString('latin1')), 'latin1').toString('utf8');

/** A push of one to three commits to a new record. */
export function soakPush(people: People, random: Random): SoakPush {
  const record = scenario(people);
  const what = Array.from({ length: 1 + random.int(3) }, () => addCommit(record, random));
  const { updates, objects } = record.made();
  const [update] = updates;
  if (update === undefined) throw new Error('a push has at least main');
  return random.int(4) === 0
    ? spoiledTree({ what: what.join(', '), record, update, objects }, random)
    : { what: what.join(', '), record, update, objects };
}

function addCommit(record: Scenario, random: Random): string {
  const by = random.int(3) === 0 ? random.pick(PEOPLE) : 'jane';
  const file = random.pick(['thread.md', 'ledger.yaml'] as const);
  const path = `${record.thread}/${file}`;
  const spoil: Edit = LATIN1((text) => mutate(text, random));
  const before = record.tip();
  switch (random.int(9)) {
    case 0:
      record.append({ by });
      return `${by} writes`;
    case 1:
      record.append({ by, files: { [path]: spoil } });
      return `${by} writes, ${file} spoiled`;
    case 2:
      record.append({ by, body: mutate('Seen, thank you.\n\n- a\n- b', random).replace(/[^\n\t -~]/g, '?') });
      return `${by} writes something odd`;
    case 3:
      record.append({
        by,
        author: random.pick(PEOPLE),
        role: random.pick(['clinician', 'patient', 'system', 'correction', 'careteam']),
        corrects: random.pick([record.message, record.otherId]),
      });
      return `${by} writes as somebody`;
    case 4:
      record.commit({ by, files: { 'COORDINATION_STATUS.yaml': spoil } });
      return `${by} spoils the status`;
    case 5:
      record.open({ by, ledger: (yaml) => (random.int(2) === 0 ? yaml : LATIN1((text) => mutate(text, random))(yaml)) });
      return `${by} opens a thread`;
    case 6:
      record.commit({ by, files: { '.gitignore': random.pick(['files/\n', 'x\n']) }, unsigned: (commit) => mutate(commit, random) });
      return `${by} signs a spoiled commit`;
    case 7:
      record.commit({ by, files: { '.gitignore': 'files/\n' }, signed: (commit) => mutate(commit, random) });
      return `${by}'s signed commit is spoiled`;
    default:
      record.commit({
        by,
        files: { [path]: record.touched(spoil) },
        modes: random.int(3) === 0 ? { [path]: random.pick(['100755', '120000', '100664', '0100644']) } : {},
      });
      return `${by} spoils ${file}${before === record.tip() ? ' in vain' : ''}`;
  }
}

/** The same, with the tip's tree spoiled and signed as it is then. */
function spoiledTree(push: SoakPush, random: Random): SoakPush {
  const table = objectTable();
  const trees = [...push.objects].filter(([, { type }]) => type === 'tree');
  const [, tree] = random.pick(trees);
  const id = table.put('tree', Buffer.from(mutate(Buffer.from(tree.bytes).toString('latin1'), random), 'latin1'));
  push.record.commit({ unsigned: (commit) => commit.replace(/^tree \S+/, `tree ${id}`) });
  const { objects, updates } = push.record.made();
  return {
    ...push,
    what: `${push.what}, a spoiled tree`,
    update: updates[0] ?? push.update,
    objects: new Map([...objects, ...table.all()]),
  };
}
