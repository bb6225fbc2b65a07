/** What comes to a repository between two runs, or during one, is read by the next, also where that goes by the cache. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { gitLine, makeClient } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord, verify } from './support.js';
import { altered, writePack } from './support-tampered.js';

const people = await makePeople();
const { directory, trust, record, tips } = await pushedRecord(t, people, (record) => record.append());
const [first = '', tip = ''] = tips;
const { objects } = record.made();
/** A commit and a blob that is not the newest of its path. */
const victims: readonly ObjectId[] = [first, await gitLine(join(directory, 'client'), 'rev-parse', `${first}:${record.thread}/thread.md`)];

/** The record in one pack, and beside it a pack with an altered copy of one of its objects. */
function repository(name: string, id: ObjectId) {
  const path = makeClient(join(directory, name));
  writeFileSync(join(path, 'refs/heads/main'), `${tip}\n`);
  writePack(path, [...objects]);
  const other = makeClient(join(directory, `${name}-other`));
  writePack(other, [[id, altered(objects.get(id) as GitObject)]]);
  const folder = join(other, 'objects/pack');
  const files = readdirSync(folder).map((file): [string, string] => [join(folder, file), join(path, 'objects/pack', file)]);
  return {
    path,
    files,
    come(ending: string): void {
      for (const [from, to] of files) if (from.endsWith(ending)) copyFileSync(from, to);
    },
  };
}

const look = (path: string) => verify({ in: path, trust, cache: true });

t.test('a pack and its index, one after the other', async (t) => {
  for (const [i, id] of victims.entries()) {
    for (const [sooner, later] of [
      ['.idx', '.pack'],
      ['.pack', '.idx'],
    ] as const) {
      const { path, come } = repository(`parts${i}${sooner}`, id);
      come(sooner);
      t.match(await look(path), { good: true, record: { cached: undefined } }, 'git reads no half of a pack');
      t.match(await look(path), { good: true, record: { cached: { tip } } });
      come(later);
      t.match(await look(path), { good: false, gaps: ['damaged'], record: { cached: undefined } }, `${later} after ${sooner}`);
      rmSync(path, { recursive: true });
    }
  }
});

t.test('what comes while a run has begun', async (t) => {
  const [id = ''] = victims;
  const { path, files } = repository('during', id);
  await gitLine(path, 'multi-pack-index', 'write');
  // A run lets git compare its index of several packs, when it has looked which packs there are.
  const programs = join(directory, 'programs');
  mkdirSync(programs);
  const puts = files.map(([from, to]) => `cp ${from} ${to}`).join('; ');
  const { PATH = '' } = process.env;
  writeFileSync(join(programs, 'git'), `#!/bin/sh\ncase "$*" in *multi-pack-index*) ${puts};; esac\nPATH='${PATH}' exec git "$@"\n`);
  chmodSync(join(programs, 'git'), 0o755);
  process.env['PATH'] = `${programs}:${PATH}`;
  await look(path);
  process.env['PATH'] = PATH;
  t.match(await look(path), { good: false, gaps: ['damaged'], record: { cached: undefined } });
});
