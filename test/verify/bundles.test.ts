/** Bundles that are not all there: what can be found of them is a finding, what is no bundle of a record can't be verified. */
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { vpr, vprJson } from '../commands/support.js';
import { gitLine } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { pushedRecord, verify } from './support.js';

const people = await makePeople();
const world = await pushedRecord(
  t,
  people,
  (record) => record.append().append({ by: 'tom' }),
  (record) => record.append(),
);
const { directory, client, trust, tips } = world;
const [first = '', second = '', third = ''] = tips;
const made = (name: string, ...revisions: string[]) => gitLine(client, 'bundle', 'create', join(directory, name), ...revisions);
await made('record.bundle', 'main');
const whole = readFileSync(join(directory, 'record.bundle'));
const packAt = whole.indexOf('\n\n') + 2;

// Nobody else's temporary files.
process.env['TMPDIR'] = join(directory, 'temporary');
mkdirSync(process.env['TMPDIR']);

/** A bundle of these bytes. */
function written(name: string, bytes: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

/** What the command line says: its exit code, and the codes of what is incomplete. */
function told(path: string, ...more: string[]) {
  const { status, value } = vprJson(directory, ['verify', '--in', path, '--trust', trust, '--no-cache', ...more]);
  const { records = [], error } = value as { records?: { incomplete: { code: string }[] }[]; error?: { code: string } };
  return { status, good: value['good'], gaps: records.flatMap(({ incomplete }) => incomplete.map(({ code }) => code)), error: error?.code };
}

t.test('a thin bundle, for those who have the rest, is incomplete: exit code 1', async (t) => {
  await made('thin.bundle', `${first}..main`);
  const thin = join(directory, 'thin.bundle');
  const { status, good, gaps } = told(thin);
  t.match({ status, good }, { status: 1, good: false });
  t.strictSame(gaps.slice(0, 2), ['shallow', 'damaged'], 'its deltas are of objects that it lacks');
  t.ok(gaps.includes('missing'));
  t.match(vpr(directory, ['verify', '--in', thin, '--trust', trust]), {
    status: 1,
    stdout: new RegExp(
      `^incomplete \\(shallow\\): the bundle is for those who have ${first} already \\(git bundle create FILE main\\)$`,
      'm',
    ),
  });
  for (const format of ['sarif', 'junit', 'github']) {
    t.match(
      vpr(directory, ['verify', '--in', thin, '--trust', trust, '--format', format]),
      { status: 1, stdout: /for those who have/ },
      format,
    );
  }
});

t.test('one that could be unpacked lacks what is below all the same', async (t) => {
  // Whole objects, no deltas: what a bundle of one's own making can be.
  const pack = await gitLine(
    client,
    '-c',
    'pack.depth=0',
    '-c',
    'pack.window=0',
    'bundle',
    'create',
    join(directory, 'fat.bundle'),
    `${second}..main`,
  );
  t.equal(pack, '');
  const { status, good, gaps } = told(join(directory, 'fat.bundle'));
  t.match({ status, good }, { status: 1, good: false });
  t.ok(gaps.includes('shallow') && gaps.includes('missing'), gaps.join());
});

t.test('cut off anywhere in its pack, or with any octet changed: exit code 1, never good', async (t) => {
  const packLength = whole.length - packAt;
  for (const kept of [0, 1, 4, 11, 12, 13, 40, packLength >> 1, packLength - 21, packLength - 20, packLength - 1]) {
    const found = await verify({ in: written('cut.bundle', whole.subarray(0, packAt + kept)), trust });
    t.match(found, { good: false, gaps: ['damaged', 'missing'] }, `${kept} octets of the pack`);
  }
  t.match(told(join(directory, 'cut.bundle')), { status: 1, good: false });
  for (let at = 0; at < packLength; at += Math.ceil(packLength / 25)) {
    const bytes = Buffer.from(whole);
    bytes[packAt + at] = (bytes[packAt + at] ?? 0) ^ 0x41;
    const found = await verify({ in: written('changed.bundle', bytes), trust });
    t.match(found, { good: false, gaps: ['damaged', 'missing'] }, `octet ${at} of the pack`);
  }
  t.strictSame(readdirSync(process.env['TMPDIR'] ?? ''), [], 'nothing is left behind');
});

t.test('what follows the pack is no part of it', async (t) => {
  const longer = join(directory, 'longer.bundle');
  copyFileSync(join(directory, 'record.bundle'), longer);
  appendFileSync(longer, 'x'.repeat(100));
  t.match(await verify({ in: longer, trust }), { good: true });
});

t.test('no bundle, or one whose header does not read, cannot be verified: exit code 2', async (t) => {
  const header = written('header.bundle', whole);
  truncateSync(header, packAt - 10);
  for (const [path, error] of [
    [header, 'bundle/unreadable'],
    [written('shiny.bundle', '# v3 git bundle\n@shiny=new\n\nPACK'), 'bundle/unreadable'],
    [written('nonsense.bundle', '# v2 git bundle\nnonsense\n\nPACK'), 'bundle/unreadable'],
    [written('twice.bundle', `# v2 git bundle\n${first} refs/heads/main\n${second} refs/heads/main\n\nPACK`), 'bundle/unreadable'],
    [written('none.bundle', 'no bundle at all\n'), 'bundle/unreadable'],
    [written('empty.bundle', ''), 'bundle/unreadable'],
  ] as const)
    t.match(told(path), { status: 2, error }, path);
});

t.test('a bundle whose HEAD is not main is incomplete: a clone of it begins elsewhere', async (t) => {
  await made('heads.bundle', 'main', 'HEAD');
  const heads = join(directory, 'heads.bundle');
  t.match(told(heads), { status: 0, good: true });
  const forged = Buffer.from(readFileSync(heads).toString('latin1').replace(`${third} HEAD`, `${second} HEAD`), 'latin1');
  t.match(told(written('forged-head.bundle', forged)), { status: 1, good: false, gaps: ['head'] });
});

t.test('a bundle of another branch is not of the record; its commits can be named', async (t) => {
  await gitLine(client, 'update-ref', 'refs/heads/other', second);
  await made('other.bundle', 'other');
  await gitLine(client, 'update-ref', '-d', 'refs/heads/other');
  const other = join(directory, 'other.bundle');
  t.match(vpr(directory, ['verify', '--in', other, '--trust', trust]), {
    status: 2,
    stderr: new RegExp(`bundle/no-main[\\s\\S]*help: vpr verify --in \\S*other.bundle ${second}  # refs/heads/other`),
  });
  t.match(told(other, second), { status: 0, good: true });
  t.match(told(other, third), { status: 2, error: 'range/unknown' });
});
