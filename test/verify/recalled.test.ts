/** What comes to a repository between two runs, or during one, is read by the next, also where that goes by the cache. */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { storedFiles } from '../../src/git/stored-files.js';
import { usable } from '../../src/verify/recall.js';
import { openView } from '../../src/verify/view.js';
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

/** Verifies while files come: a run lets git compare its index of several packs, when it has looked which packs there are. */
async function lookWhile(path: string, files: readonly (readonly [string, string])[]) {
  await gitLine(path, 'multi-pack-index', 'write');
  const programs = mkdtempSync(join(directory, 'programs-'));
  const puts = files.map(([from, to]) => `cp ${from} ${to}`).join('; ');
  const { PATH = '' } = process.env;
  writeFileSync(join(programs, 'git'), `#!/bin/sh\ncase "$*" in *multi-pack-index*) ${puts};; esac\nPATH='${PATH}' exec git "$@"\n`);
  chmodSync(join(programs, 'git'), 0o755);
  process.env['PATH'] = `${programs}:${PATH}`;
  const found = await look(path);
  process.env['PATH'] = PATH;
  return found;
}

t.test('what comes while a run has begun, which may have read it or not', async (t) => {
  const [id = ''] = victims;
  const { path, files, come } = repository('during', id);
  await lookWhile(path, files);
  t.match(await look(path), { good: false, gaps: ['damaged'], record: { cached: undefined } });

  const other = makeClient(join(directory, 'during-good'));
  writePack(other, [[id, objects.get(id) as GitObject]]);
  const names = readdirSync(join(other, 'objects/pack'));
  writePack(
    path,
    [...objects].filter(([name]) => name !== id),
  );
  const put = names.map((name) => [join(other, 'objects/pack', name), join(path, 'objects/pack', name)] as const);
  t.match(await lookWhile(path, put), { good: true, record: { cached: undefined } }, 'git has found it');
  for (const [, to] of put) rmSync(to);
  come('');
  t.match(await look(path), { good: false, record: { cached: undefined } });
});

t.test('of what came only what was there before is read ahead, and once', async (t) => {
  const [id = ''] = victims;
  const path = makeClient(join(directory, 'ahead'));
  writeFileSync(join(path, 'refs/heads/main'), `${tip}\n`);
  writePack(path, [...objects]);
  t.match(await look(path), { good: true });
  const before = storedFiles(join(path, 'objects'));
  const bytes = Buffer.from('of another branch\n');
  const fresh = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  writePack(
    path,
    [
      [fresh, { type: 'blob', bytes }],
      [id, objects.get(id) as GitObject],
    ],
    true,
  );

  const stored = storedFiles(join(path, 'objects'));
  const view = openView(path, 'sha1', 1e6);
  const asked: ObjectId[] = [];
  const read = (one: ObjectId) => {
    asked.push(one);
    return view.objects.read(one);
  };
  t.equal(
    await usable({ ...view.objects, read }, tip, { tip, stored: [...(before?.keys() ?? [])] } as never, { stored, journal: undefined }),
    true,
  );
  await view.close();
  t.ok(asked.includes(id));
  t.notOk(asked.includes(fresh), 'its turn comes with the commits that have it');

  t.match(await look(path), { good: true, record: { cached: { tip } } });
  const [file = ''] = readdirSync(join(directory, 'cache/vpr/verified'))
    .map((name) => join(directory, 'cache/vpr/verified', name))
    .filter((name) => readFileSync(name, 'utf8').includes(`${path}"`));
  t.ok(
    [...(stored?.keys() ?? [])].every((mark) => readFileSync(file, 'utf8').includes(mark)),
    'the next run knows it',
  );
});
