/** Packs and refs that git's own client would not send: what is whole is taken and judged as it is, the rest is refused. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { objectTable } from '../support/objects.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { git, gitLine, run, stateOf, temporary } from './support.js';
import { deltaEntry, insertingDelta, packOf, packOfEntries, pushCertified, pushPack, wholeEntry } from './support-pack.js';
import { writeClient, writeHost } from './support-scenario.js';

const people = await makePeople();
const MAIN = 'refs/heads/main';
type Fresh = readonly [ObjectId, GitObject];

/** A host, and a good push to it, taken apart. */
function goodPush(t: Test) {
  const record = scenario(people).append();
  const made = record.made();
  const host = writeHost(temporary(t), people, made);
  const objects = [...made.objects];
  const { old = '', new: tip = '' } = made.updates[0] ?? {};
  return {
    record,
    made,
    host,
    old,
    tip,
    fresh: objects.filter(([id]) => !made.former.has(id)),
    former: (type: string): Fresh => objects.find(([id, object]) => made.former.has(id) && object.type === type) as Fresh,
  };
}

const asDelta = ([base, { bytes }]: Fresh, [, object]: Fresh) => deltaEntry(base, insertingDelta(bytes.length, object.bytes));

t.test('every object as a delta of one that the host has', async (t) => {
  const { host, made, tip, fresh, former } = goodPush(t);
  const entries = fresh.map((object) => asDelta(former(object[1].type), object));
  const { status, stderr } = await pushPack(host, made.updates, packOfEntries(entries));
  t.equal(status, 0, stderr);
  t.equal(stateOf(host).main, tip);
});

t.test('a chain of 200 deltas that nothing uses but its end', async (t) => {
  const { host, made, tip, fresh } = goodPush(t);
  const table = objectTable();
  for (let link = 0; link < 200; link += 1) table.put('blob', Buffer.from(`${link}\n`));
  const chain: readonly Fresh[] = [...table.all()];
  const links = chain.map((object, index) => (index === 0 ? wholeEntry(object[1]) : asDelta(chain[index - 1] as Fresh, object)));
  const end = chain.at(-1) as Fresh;
  const rest = fresh.map((object) => (object[1].type === 'blob' ? asDelta(end, object) : wholeEntry(object[1])));
  const { status, stderr } = await pushPack(host, made.updates, packOfEntries([...links, ...rest]));
  t.equal(status, 0, stderr);
  t.equal(stateOf(host).main, tip);
});

t.test('what the host has is sent again, beside a change that breaks the record', async (t) => {
  const { host, record, old, tip, made } = goodPush(t);
  t.equal((await pushPack(host, made.updates, packOf([...made.objects.values()]))).status, 0);
  const bad = record
    .taken()
    .commit({ files: { 'notes.txt': 'x\n' } })
    .made();
  const { status, stderr } = await pushPack(host, bad.updates, packOf([...bad.objects.values()]));
  t.equal(status, 1);
  t.match(stderr, /error tree\/layout {2}notes\.txt/);
  t.equal(stateOf(host).main, tip);
  t.not(tip, old);
});

t.test('deltas of each other, of nothing, and an object that stands twice', async (t) => {
  const { host, made, old, fresh } = goodPush(t);
  const whole = fresh.map(([, object]) => wholeEntry(object));
  const nothing = deltaEntry('a'.repeat(40), insertingDelta(1, Buffer.from('x')));
  for (const entries of [
    [nothing, ...whole],
    [...whole, ...whole],
  ]) {
    const before = stateOf(host);
    t.equal((await pushPack(host, made.updates, packOfEntries(entries))).status, 1);
    t.strictSame(stateOf(host), before);
  }
  t.equal(stateOf(host).main, old);
});

t.test('main is no commit, and other refs beside it', async (t) => {
  const { host, record, made, old, tip, fresh } = goodPush(t);
  const client = await writeClient(temporary(t), host, made);
  mkdirSync(join(client, 'refs/remotes/origin'), { recursive: true });
  writeFileSync(join(client, 'refs/heads/main'), `${tip}\n`);
  writeFileSync(join(client, 'refs/remotes/origin/main'), `${old}\n`);
  await gitLine(client, '-c', 'user.name=X', '-c', 'user.email=x@example.org', 'tag', '-a', 'v1', '-m', 'x', tip);
  const tag = await gitLine(client, 'rev-parse', 'v1');
  const object = { type: 'tag', bytes: Buffer.from((await run(client, 'git', ['cat-file', 'tag', tag])).stdout) };
  const tree = /^tree (\S+)/.exec(record.tip())?.[1] ?? '';
  const objects = [object, ...fresh.map(([, value]) => value)];
  const before = stateOf(host);
  for (const [id, says] of [
    [tag, /error history\/linear\n {2}\S+ is a tag, where a commit was expected/],
    [tree, /error history\/linear\n {2}\S+ is a tree, where a commit was expected/],
  ] as const) {
    t.match(await pushPack(host, [{ old, new: id, ref: MAIN }], packOf(objects)), { status: 1, stderr: says });
  }
  for (const [args, says] of [
    [['--mirror'], /ref\/only-main[\s\S]*refs\/remotes\/origin\/main is not taken/],
    [['--atomic', `${tip}:${MAIN}`, `${tip}:refs/heads/draft`], /refs\/heads\/draft is not taken/],
    [['--follow-tags', `${tip}:${MAIN}`, 'v1'], /refs\/tags\/v1 is not taken/],
    [[`${tip}:refs/heads/Main`], /refs\/heads\/Main is not taken/],
    [[`${tip}:refs/heads/main/x`], /refs\/heads\/main\/x is not taken/],
    [[`${tip}:refs/replace/${old}`], /refs\/replace\/\S+ is not taken/],
  ] as const) {
    const refs = args.filter((arg) => !arg.startsWith('-'));
    const options = args.filter((arg) => arg.startsWith('-'));
    t.match(await git(client, 'push', ...options, 'origin', ...refs), { status: 1, stderr: says }, args.join(' '));
  }
  t.strictSame(stateOf(host), before);
});

t.test('a clone that ends at a commit the host does not have yet: git refuses it after its hook, whatever that says', async (t) => {
  const { host, made, tip } = goodPush(t);
  const client = await writeClient(temporary(t), host, made);
  writeFileSync(join(client, 'refs/heads/main'), `${tip}\n`);
  const shallow = join(temporary(t), 'shallow');
  await gitLine(client, 'clone', '--quiet', '--depth=1', `file://${client}`, shallow);
  const before = stateOf(host);
  const push = ['push', '--force', host.repository, 'main'];
  const refused = await git(shallow, ...push);
  t.equal(refused.status, 1);
  t.match(refused.stderr, /history\/linear\s+remote: {3}commit [0-9a-f]+: your clone is shallow[\s\S]* help: git fetch --unshallow FROM/);
  t.match(refused.stderr, /shallow update not allowed/);
  t.strictSame(stateOf(host), before, 'the journal has no push that never was');

  writeFileSync(join(host.repository, 'shallow_abcdef'), `${tip}\n`);
  utimesSync(join(host.repository, 'shallow_abcdef'), 0, 0);
  await gitLine(shallow, 'fetch', '--quiet', '--unshallow');
  const { status, stderr } = await git(shallow, ...push);
  t.equal(status, 0, `what a git left that was killed is in nobody's way: ${stderr}`);
});

t.test('a push of what main is already is no push: nothing is written down, and nobody waits for it', async (t) => {
  const { host, made, old, tip, fresh } = goodPush(t);
  const before = stateOf(host);
  t.equal((await pushPack(host, [{ old, new: old, ref: MAIN }], packOf([]))).status, 0);
  t.strictSame(stateOf(host), before);
  t.notOk(
    readdirSync(host.repository).some((name) => name.startsWith('vpr-turn')),
    'it took no turn',
  );
  t.equal((await pushPack(host, made.updates, packOf(fresh.map(([, object]) => object)))).status, 0);
  const late = await pushPack(host, [{ old, new: old, ref: MAIN }], packOf([]));
  t.match(late, { status: 1, stderr: /ref\/fast-forward\s+another push came first/ }, 'what main was is not what it is');
  t.equal(stateOf(host).main, tip);
  t.equal(stateOf(host).journal.length, 1);
});

t.test('a push certificate that nobody asked for: git stores it outside of the quarantine, and it does not stay', async (t) => {
  const { host, made, fresh } = goodPush(t);
  const pack = packOf(fresh.map(([, object]) => object));
  const before = stateOf(host);
  const { status, stderr } = await pushCertified(host, made.updates, pack, 'kept for ever');
  t.equal(status, 1);
  t.match(stderr, /refused: this host takes no push certificates\n {2}help: git push --no-signed\n/);
  t.strictSame(stateOf(host), before);

  const former = join(host.repository, 'objects', 'ab', 'c'.repeat(38));
  mkdirSync(dirname(former), { recursive: true }); // an object of the record may lie there
  writeFileSync(former, 'x');
  utimesSync(former, 0, 0);
  for (const named of [`ab${'c'.repeat(38)}`, '../config', '12']) {
    const env = { GIT_DIR: '.', GIT_PUSH_CERT: named };
    t.match(await run(host.repository, join(host.repository, 'hooks/pre-receive'), [], { env }), { status: 1, stderr: /no push cert/ });
  }
  t.ok(existsSync(former) && existsSync(join(host.repository, 'config')), 'what the environment alone calls one is not removed');
});
