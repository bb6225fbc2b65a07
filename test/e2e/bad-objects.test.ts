/** Hostile objects, sent past git's own client: refused within bounds, nothing of them lands, and the host takes the next good push. */
import { randomBytes } from 'node:crypto';
import t from 'tap';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import { objectTable } from '../support/objects.js';
import { makePeople } from '../support/people.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { stateOf, temporary } from './support.js';
import { packOf, pushPack } from './support-pack.js';
import { writeHost } from './support-scenario.js';

const MIB = 1024 * 1024;
const people = await makePeople();

interface Hostile {
  /** Makes the push; what it returns stands in for what the record has made. */
  readonly push: (
    record: Scenario,
  ) => { readonly tip: ObjectId; readonly objects: readonly GitObject[]; readonly level?: number } | undefined;
  /** What the pusher reads: of a rule, or, where git itself stops it, of git. */
  readonly says: RegExp;
}

/** Adds one commit with these edits. */
function committing(edits: (record: Scenario) => Parameters<Scenario['commit']>[0]): Hostile['push'] {
  return (record) => {
    record.commit(edits(record));
    return undefined;
  };
}

/** Commits without signatures, one on the other, on what the host has: cheap to make by the thousand. */
function chain(record: Scenario, count: number): { tip: ObjectId; objects: GitObject[] } {
  const table = objectTable();
  const { old: former } = record.made().updates[0] ?? { old: '' };
  const tree = /^tree (\S+)/.exec(record.tip())?.[1] ?? '';
  let tip = former;
  for (let made = 0; made < count; made += 1) {
    const ident = `X <x@example.org> ${1_767_225_600 + made} +0000`;
    tip = table.put('commit', Buffer.from(`tree ${tree}\nparent ${tip}\nauthor ${ident}\ncommitter ${ident}\n\nx\n`));
  }
  return { tip, objects: [...table.all().values()] };
}

/** A commit whose tree, made by `make`, goes beside what the record has. */
function withTree(
  record: Scenario,
  make: (put: (type: string, bytes: Uint8Array) => ObjectId) => ObjectId,
): { tip: ObjectId; objects: GitObject[] } {
  const table = objectTable();
  const tree = make(table.put);
  const signed = record.commit({ unsigned: (commit) => commit.replace(/^tree \S+/, `tree ${tree}`) }).made();
  const fresh = [...signed.objects].filter(([id]) => !signed.former.has(id)).map(([, object]) => object);
  return { tip: signed.updates[0]?.new ?? '', objects: [...table.all().values(), ...fresh] };
}

const entry = (mode: string, name: string, id: ObjectId) =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]);
const ledgerOf = ({ thread }: Scenario) => `${thread}/ledger.yaml`;
const threadOf = ({ thread }: Scenario) => `${thread}/thread.md`;

const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]
${Array.from({ length: 26 }, (_, level) => `${'bcdefghijklmnopqrstuvwxyz~'[level]}: &${'bcdefghijklmnopqrstuvwxyz_'[level]} [${Array(9).fill(`*${'abcdefghijklmnopqrstuvwxyz'[level]}`).join(', ')}]`).join('\n')}
`;

const CASES: Readonly<Record<string, Hostile>> = {
  '10,000 commits': {
    push: (record) => chain(record, 10_000),
    says: /error history\/linear[^\n]*\n {2}more than 1000 commits of this push lead to no commit that main is at/,
  },
  'a blob larger than receive.maxInputSize': {
    push: (record) => ({ ...withTree(record, (put) => put('tree', entry('100644', 'x', put('blob', randomBytes(65 * MIB))))), level: 0 }),
    says: /pack exceeds maximum allowed size/,
  },
  'a blob that is small only when packed': {
    push: committing((record) => ({ files: { [threadOf(record)]: (text) => text + '\0'.repeat(100 * MIB) } })),
    says: /error tree\/limits[^\n]*thread\.md\n {2}commit \S+ has 1048\d+ bytes; this host takes 33554432 here/,
  },
  'a tree 5,000 levels deep': {
    push: (record) =>
      withTree(record, (put) => {
        let tree = put('tree', entry('100644', 'a', put('blob', Buffer.from('x\n'))));
        for (let level = 1; level < 5000; level += 1) tree = put('tree', entry('40000', 'a', tree));
        return tree;
      }),
    says: /error tree\/limits[^\n]*\n {2}commit \S+ the path is deeper than 8 names/,
  },
  'a directory of 100,000 names': {
    push: (record) =>
      withTree(record, (put) => {
        const blob = put('blob', Buffer.from('x\n'));
        return put(
          'tree',
          Buffer.concat(Array.from({ length: 150_000 }, (_, index) => entry('100644', `f${String(index).padStart(6, '0')}`, blob))),
        );
      }),
    says: /error tree\/limits[^\n]*\n {2}commit \S+ the directory has \d+ bytes; the host reads up to 4194304/,
  },
  'more files than a commit may change': {
    push: committing(() => ({ files: Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`files/${index}`, 'x\n'])) })),
    says: /error tree\/limits[^\n]*\n {2}commit \S+ the commit changes more than 1000 files and directories/,
  },
  'a commit with a header of 1 MB': {
    push: committing(() => ({ unsigned: (commit) => commit.replace('\n\n', `\nx-header ${'x'.repeat(MIB)}\n\n`) })),
    says: /error history\/linear[^\n]*\n {2}commit \S+ has 105\d+ bytes, more than this host reads/,
  },
  'a commit of 200 MB that is small when packed': {
    push: committing(() => ({ subject: `coordination:update: ${'x'.repeat(200 * MIB)}` })),
    says: /has 209716\d+ bytes, more than/,
  },
  'a YAML alias bomb': {
    push: committing((record) => ({ files: { [ledgerOf(record)]: BOMB } })),
    says: /error ledger\/schema[^\n]*ledger\.yaml:1\n {2}commit \S+ .*anchor/,
  },
  'duplicate YAML keys': {
    push: (record) => void record.append({ files: { [ledgerOf(record)]: (text) => `${text}status: open\n` } }),
    says: /error ledger\/schema[^\n]*ledger\.yaml:\d+\n {2}commit \S+ the key status stands more than once/,
  },
  'YAML 100,000 levels deep': {
    push: committing((record) => ({ files: { [ledgerOf(record)]: '['.repeat(100_000) } })),
    says: /error ledger\/schema/,
  },
  'a thread.md of one line of 50 MB': {
    push: committing((record) => ({ files: { [threadOf(record)]: (text) => text + 'x'.repeat(50 * MIB) } })),
    says: /error tree\/limits[^\n]*thread\.md\n {2}commit \S+ has 52\d+ bytes; this host takes 33554432 here/,
  },
  'a line of 30 MB that is no message': {
    push: committing((record) => ({ files: { [threadOf(record)]: (text) => `${text}${'\\'.repeat(30 * MIB)}---\n` } })),
    says: /error thread\/append-only/,
  },
  'a signature whose certificate is not DER': {
    push: committing(() => ({
      files: { '.gitignore': 'files/\n' },
      signed: (commit) => commit.replace(/gpgsig (?:.*\n )*.*/, `gpgsig ${container()}`),
    })),
    says: /error commit\/signature[^\n]*\n {2}commit \S+ .*certificate/,
  },
  'a submodule': {
    push: (record) => withTree(record, (put) => put('tree', entry('160000', 'sub', record.made().updates[0]?.old ?? ''))),
    says: /error tree\/modes {2}sub\n {2}commit \S+ has the mode 160000/,
  },
  'a symbolic link': {
    push: committing(() => ({ files: { link: '/etc/passwd' }, modes: { link: '120000' } })),
    says: /error tree\/modes {2}link\n {2}commit \S+ has the mode 120000/,
  },
  'a directory .git': { push: committing(() => ({ files: { '.git/config': '[core]\n' } })), says: /hasDotgit/ },
  'a blob where a commit should be': {
    push: (record) => withTree(record, (put) => put('tree', entry('100644', 'x', record.made().updates[0]?.old ?? ''))),
    says: /is a (?:commit|blob), not a (?:blob|commit)/,
  },
};

/** A container as FORMAT.md §6 has it, with a certificate that is none. */
function container(): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const json = {
    signature: base64(randomBytes(64)),
    public_key: base64(people.people.jane.certificate.point ?? new Uint8Array()),
    certificate: base64(Buffer.from('no certificate')),
  };
  return base64(Buffer.from(JSON.stringify(json)));
}

for (const [title, { push, says }] of Object.entries(CASES)) {
  t.test(title, async (t) => {
    const record = scenario(people);
    const host = writeHost(temporary(t), people, record.made());
    const before = stateOf(host);
    const given = push(record);
    const { objects, former, updates } = record.made();
    const sent = new Set(objects.keys());
    const made = given ?? {
      tip: updates[0]?.new ?? '',
      objects: [...objects].filter(([id]) => !former.has(id)).map(([, object]) => object),
    };
    const update = { old: updates[0]?.old ?? '', new: made.tip, ref: 'refs/heads/main' };
    const bad = await pushPack(host, [update], packOf(made.objects, made.level));
    t.equal(bad.status, 1);
    t.match(bad.stderr, says);
    t.ok(bad.stderr.length < 20_000, `${bad.stderr.length} characters are no flood`);
    t.strictSame(stateOf(host), before, 'nothing moved, nothing is left');

    const good = record.again().append({ by: 'tom' }).made();
    const fresh = [...good.objects].filter(([id]) => !sent.has(id)).map(([, object]) => object);
    const next = await pushPack(host, good.updates, packOf(fresh));
    t.equal(next.status, 0, `the next good push is taken: ${next.stderr}`);
    t.equal(stateOf(host).main, good.updates[0]?.new);
  });
}

t.test('one byte of a signed commit changed', async (t) => {
  const record = scenario(people).append();
  const made = record.made();
  const host = writeHost(temporary(t), people, made);
  const before = stateOf(host);
  const [update] = made.updates;
  const fresh = [...made.objects].filter(([id]) => !made.former.has(id));
  const commit = Buffer.from(record.tip(), 'latin1');
  for (const part of ['gpgsig', 'BEGIN', ' MI', 'author', 'Author-Role', 'committer']) {
    const changed = Buffer.from(commit);
    changed[commit.indexOf(part) + 2] = (changed[commit.indexOf(part) + 2] ?? 0) ^ 1;
    const table = objectTable();
    const tip = table.put('commit', changed);
    const others = fresh.filter(([id]) => id !== update?.new).map(([, object]) => object);
    const bad = await pushPack(host, [{ old: update?.old ?? '', new: tip, ref: 'refs/heads/main' }], packOf([table.get(tip), ...others]));
    t.equal(bad.status, 1, part);
    t.strictSame(stateOf(host), before);
  }
});
