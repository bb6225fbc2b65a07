/** A history has one verdict, in whatever way it is stored and read, and whatever was read before. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { ObjectId, ObjectSource } from '../../src/format/push.js';
import { openDirect, openObjects, readHistory } from '../../src/git/index.js';
import { judge } from '../../src/validators/judge.js';
import { gitEnvironment, makeClient, setRef, writeObjects } from '../e2e/support.js';
import type { People } from '../support/people.js';
import type { Random } from '../support/random.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { ledgerText, messageText, RECORD_ID } from '../support/texts.js';
import { mutate } from './mutate.js';
import { LATIN1 } from './pushes.js';

export interface Shape {
  readonly commits: number;
  /** Threads that there are from the beginning: some hundreds make a directory that is compared in pieces. */
  readonly threads: number;
}

/** A record in which most commits are as they should be, and the others are of any kind; what they spoil is often put right by the next. */
export function longRecord(people: People, random: Random, { commits, threads }: Shape): Scenario {
  const record = scenario(people, undefined, commits + 60, commits + 120);
  const { jane, tom, pat } = people.people;
  const names = [record.thread];
  const opened: Record<string, string> = {};
  for (let index = 0; index < threads; index += 1) {
    const time = new Date(Date.UTC(2026, 0, 1) + index).toISOString();
    const name = `${time.replace(/[-:]/g, '')}-550e8400-e29b-41d4-a716-446655440000`;
    names.push(`communications/${name}`);
    opened[`communications/${name}/ledger.yaml`] = ledgerText(name, [jane, tom, pat], time);
    opened[`communications/${name}/thread.md`] = `# Messages\n\n${messageText({}, jane, time)}`;
  }
  if (threads > 0) record.commit({ files: opened });
  const formers = new Map<string, string>();
  for (let index = 0; index < commits; index += 1) addCommit(record, random, names, formers);
  return record;
}

function addCommit(record: Scenario, random: Random, threads: readonly string[], formers: Map<string, string>): void {
  const by = random.pick(['jane', 'tom'] as const);
  const thread = random.pick(threads);
  const path = random.pick([`${thread}/thread.md`, `${thread}/ledger.yaml`, 'COORDINATION_STATUS.yaml']);
  // What keeps its length is what a quicker way could take for unchanged.
  const spoil = LATIN1((text) => (random.int(2) === 0 ? mutate(text, random) : withAnotherByte(text, random)));
  switch (random.int(20)) {
    case 0:
      record.open({ by });
      return;
    case 1:
      record.commit({ by, files: { [path]: formers.get(path) ?? null } }); // back to what it was once, or away
      return;
    case 2:
      record.commit({ by, files: { [path]: (text) => text }, signed: (commit) => mutate(commit, random) });
      return;
    case 3:
    case 4:
    case 5:
      record.append({ by, files: { [`${record.thread}/${random.pick(['thread.md', 'thread.md', 'ledger.yaml'])}`]: spoil } });
      return;
    case 6:
    case 7:
    case 8: {
      let kept = '';
      record.commit({
        by,
        files: {
          [path]: (text) => {
            kept = text;
            return spoil(text);
          },
        },
      });
      formers.set(path, kept);
      if (random.int(4) > 0) record.commit({ by, files: { [path]: kept === '' ? null : kept } });
      return;
    }
    default:
      record.append({ by, body: `Seen ${random.int(1000)}.` });
  }
}

function withAnotherByte(text: string, random: Random): string {
  const at = random.int(text.length);
  return text.slice(0, at) + random.pick(['x', '0', '\n', '`', '-', ' ']) + text.slice(at + 1);
}

/** What each commit is found to be, by its id. */
type Found = ReadonlyMap<ObjectId, string>;

/** Where a way of reading finds something else than the objects at hand give, in words. Writes a repository into `directory`. */
export async function differences(people: People, record: Scenario, directory: string): Promise<string[]> {
  const { objects, updates } = record.made();
  const tip = updates[0]?.new ?? '';
  const atHand: ObjectSource = {
    stat: async (id) => sizeOf(objects.get(id)),
    read: async (id) => objects.get(id),
  };
  const { found, ids } = await look(people, atHand, { new: tip });
  const wrong: string[] = [];
  const compare = (way: string, other: Found, of: readonly ObjectId[] = ids) => {
    for (const id of of)
      if (found.get(id) !== other.get(id)) wrong.push(`${way}: ${id} is ${other.get(id) ?? 'not judged'}, and was ${found.get(id)}`);
  };
  for (const [index, id] of ids.entries()) {
    if (index > 0) compare('alone', (await look(people, atHand, { old: ids[index - 1] ?? '', new: id })).found, [id]);
  }
  const repository = makeClient(directory);
  writeObjects(repository, objects);
  setRef(repository, 'refs/heads/main', tip);
  const ways = async (how: string) => {
    for (const everyCopy of [false, true]) {
      const source = openDirect(repository, gitEnvironment(), { everyCopy });
      compare(everyCopy ? `${how}, every copy` : how, (await look(people, source, { new: tip })).found);
      await source.close();
    }
    const source = openObjects(repository, gitEnvironment());
    compare(`${how}, by git`, (await look(people, source, { new: tip })).found);
    await source.close();
  };
  await ways('loose');
  if (packed(repository)) await ways('packed');
  rmSync(directory, { recursive: true });
  return wrong;
}

function sizeOf(object: { readonly type: string; readonly bytes: Uint8Array } | undefined) {
  return object && { type: object.type, size: object.bytes.length };
}

/** With deltas as git makes them. Not where a commit is so spoiled that git does not follow its parents. */
function packed(repository: string): boolean {
  try {
    execFileSync('git', ['-C', repository, 'repack', '-adfq', '--depth=50'], { env: gitEnvironment(), stdio: 'ignore' });
    execFileSync('git', ['-C', repository, 'prune-packed', '--quiet'], { env: gitEnvironment(), stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function look({ policy, trust }: People, source: ObjectSource, range: { readonly old?: ObjectId; readonly new: ObjectId }) {
  const history = await readHistory(source, range, policy.limits);
  const now = new Date();
  const found = new Map<ObjectId, string>();
  const push = { updates: [{ old: range.old ?? '0'.repeat(40), new: range.new, ref: 'refs/heads/main' }], main: history };
  const context = {
    record: { kind: 'coordination', id: RECORD_ID },
    policy,
    trust,
    times: () => ({ received: now, latest: now, known: 'host' }) as const,
    knownRegistrations: () => undefined,
  } as const;
  await judge(push, context, {
    onCommit: ({ step, problems }) => {
      const lines = problems.map(({ rule, severity, path, line, message }) => `${severity} ${rule} ${path ?? ''}:${line ?? ''} ${message}`);
      found.set(step.pushed.id, lines.length === 0 ? 'good' : lines.sort().join('; '));
    },
  });
  return { found, ids: history.ids };
}
