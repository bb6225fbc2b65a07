/** Hosts in a bad state: every push is refused with a reason, nothing lands, and once the host is mended the same push is taken. */
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runGit } from '../../src/git/run.js';
import { addRecord } from '../../src/hosts/plain.js';
import { makePeople } from '../support/people.js';
import { type MadePush, scenario } from '../support/scenario.js';
import { git, gitLine, makeHost, run, stateOf, type TestHost, temporary, writeObjects } from './support.js';
import { pushFrom, writeClient, writeHost } from './support-scenario.js';

const OTHER = '22222222-3333-4444-8555-666666666666';

interface BadState {
  /** Breaks the host; what it returns mends it again. */
  readonly damage: (host: TestHost, made: MadePush) => () => void;
  readonly says: RegExp;
}

/** Changes one file of the host's directory. */
function changing(name: string, change: (text: string) => string): BadState['damage'] {
  return ({ directory }) => {
    const path = join(directory, name);
    const text = readFileSync(path, 'latin1');
    writeFileSync(path, change(text), 'latin1');
    return () => writeFileSync(path, text, 'latin1');
  };
}

/** Puts a file into the repository. */
function adding(name: string, content: (made: MadePush) => string): BadState['damage'] {
  return ({ repository }, made) => {
    const path = join(repository, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content(made));
    return () => rmSync(path);
  };
}

const CASES: Readonly<Record<string, BadState>> = {
  'vpr.yaml is missing': {
    damage: ({ directory }) => {
      const path = join(directory, 'vpr.yaml');
      renameSync(path, `${path}.away`);
      return () => renameSync(`${path}.away`, path);
    },
    says: /refused: the host could not check this push \(policy\/missing\): vpr\.yaml is missing or cannot be read/,
  },
  'a typing error in a key of vpr.yaml': {
    damage: changing('vpr.yaml', (text) => `${text}paitents_may_open_threads: true\n`),
    says: /\(policy\/faulty\): vpr\.yaml: line \d+: .*paitents_may_open_threads/,
  },
  'a typing error in a rule of vpr.yaml': {
    damage: changing('vpr.yaml', (text) => `${text}rules: { commit/tiem: warn }\n`),
    says: /\(policy\/faulty\): vpr\.yaml: line \d+: .*commit\/tiem/,
  },
  'vpr.yaml is not YAML': { damage: changing('vpr.yaml', () => '{{{\n'), says: /\(policy\/faulty\): vpr\.yaml: line \d+: not YAML/ },
  'a rule that may not be loosened is loosened': {
    damage: changing('vpr.yaml', (text) => `${text}rules: { commit/headers: off }\n`),
    says: /\(policy\/faulty\): vpr\.yaml: line \d+: .*commit\/headers/,
  },
  'a certificate that is not DER': {
    damage: changing('org.crt', () => 'no certificate'),
    says: /\(trust\/faulty\): the trust store: .*org\.crt/,
  },
  'a certificate cut short': {
    damage: changing('org.crt', (text) => text.replace(/(-----BEGIN[^\n]+\n[^\n]+\n)[^-]+/, '$1')),
    says: /\(trust\/faulty\): the trust store: .*org\.crt/,
  },
  'a trust store that cannot be read': {
    damage: ({ directory }) => {
      const path = join(directory, 'gmc.crt');
      renameSync(path, `${path}.away`);
      mkdirSync(path);
      return () => {
        rmSync(path, { recursive: true });
        renameSync(`${path}.away`, path);
      };
    },
    says: /\(trust\/faulty\): the trust store: .*gmc\.crt/,
  },
  'the program is missing': {
    damage: ({ directory }) => {
      const path = join(directory, 'hooks/pre-receive.cjs');
      renameSync(path, `${path}.away`);
      return () => renameSync(`${path}.away`, path);
    },
    says: /refused: this host cannot check pushes: Node or vpr's program is missing/,
  },
  'the program is empty': { damage: changing('hooks/pre-receive.cjs', () => ''), says: /pre-receive hook declined/ },
  'its starter is empty': { damage: changing('hooks/start.cjs', () => ''), says: /pre-receive hook declined/ },
  'the program is cut short': {
    damage: changing('hooks/pre-receive.cjs', (text) => text.slice(0, text.length / 2)),
    says: /pre-receive hook declined/,
  },
  "the registry's entry is damaged": {
    damage: changing('registry/7f/4c/7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88', () => '{"kind":"coord'),
    says: /\(registry\/unreadable\): the registry's entry for 7f4c2e9d-\S+ is damaged/,
  },
  'what is known of a participant is damaged': {
    damage: ({ directory }) => {
      const path = join(directory, 'participants/4f/8c/4f8c2a1d9e3b4a7c8f1e6b0d2c5a9f12.jsonl');
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, '{"time":"2026-');
      return () => rmSync(path);
    },
    says: /\(participants\/damaged\): what this host knows of the participant id 4f8c2a1d-\S+ is damaged/,
  },
  'objects of another repository': {
    damage: adding('objects/info/alternates', () => '/nonexistent/objects\n'),
    says: /\(receive\/borrowed\): the host's repository has a file objects\/info\/alternates, and is not whole by itself/,
  },
  'a graft': {
    damage: adding('info/grafts', ({ updates }) => `${updates[0]?.old}\n`),
    says: /\(receive\/borrowed\): the host's repository has a file info\/grafts/,
  },
  'a shallow repository': {
    damage: adding('shallow', ({ updates }) => `${updates[0]?.old}\n`),
    says: /\(receive\/borrowed\): the host's repository has a file shallow/,
  },
  'a journal that cannot be written': {
    damage: ({ directory }) => {
      const path = join(directory, 'journal');
      renameSync(path, `${path}.away`);
      writeFileSync(path, '');
      return () => {
        rmSync(path);
        renameSync(`${path}.away`, path);
      };
    },
    says: /refused: the host could not check this push \((?:EEXIST|ENOTDIR)\)/,
  },
};

const people = await makePeople();
t.jobs = 2;

for (const [title, { damage, says }] of Object.entries(CASES)) {
  t.test(title, { buffered: true }, async (t) => {
    const made = scenario(people).append().made();
    const directory = temporary(t);
    const host = writeHost(directory, people, made);
    const client = await writeClient(directory, host, made);
    const before = stateOf(host);
    const mend = damage(host, made);
    const broken = stateOf(host).objects;
    const bad = await pushFrom(client, made.updates);
    t.equal(bad.status, 1);
    t.match(bad.stderr, says);
    t.match(bad.stderr, /pre-receive hook declined/);
    t.notMatch(bad.stderr, host.directory.replace(/.*\//, 'nothing of'), 'says nothing of where the host lies');
    t.equal(stateOf(host).main, before.main, 'main has not moved');
    t.notOk(
      readdirSync(host.repository).some((name) => name.startsWith('vpr-turn')),
      'and nobody waits for a turn that is over',
    );
    t.strictSame(stateOf(host).objects, broken, 'nothing is left');
    mend();
    t.strictSame(stateOf(host).journal, before.journal);

    const good = await pushFrom(client, made.updates);
    t.equal(good.status, 0, `once mended, it is taken: ${good.stderr}`);
    t.equal(stateOf(host).main, made.updates[0]?.new);
  });
}

t.test('a replace ref on the host has no say', { buffered: true }, async (t) => {
  const record = scenario(people);
  const good = record.append().made();
  const goodTip = good.updates[0]?.new ?? '';
  const bad = record
    .again()
    .commit({ files: { 'notes.txt': 'call back\n' } })
    .made();
  const badTip = bad.updates[0]?.new ?? '';
  const directory = temporary(t);
  const host = writeHost(directory, people, bad);
  const client = await writeClient(directory, host, bad);
  writeObjects(host.repository, bad.objects);
  mkdirSync(join(host.repository, 'refs/replace'));
  writeFileSync(join(host.repository, 'refs/replace', badTip), `${goodTip}\n`);
  const refused = await pushFrom(client, bad.updates);
  t.match(refused.stderr, /remote: error tree\/layout {2}notes\.txt/, 'the commit itself is judged, not what stands in for it');
  t.equal(stateOf(host).main, bad.updates[0]?.old);

  rmSync(join(host.repository, 'refs/replace', badTip));
  writeFileSync(join(host.repository, 'refs/replace', goodTip), `${badTip}\n`);
  const taken = await pushFrom(client, good.updates);
  t.equal(taken.status, 0, taken.stderr);
});

t.test('a repository of the SHA-256 format', { buffered: true }, async (t) => {
  const directory = temporary(t);
  const host = makeHost(join(directory, 'host'), people);
  const forge = join(directory, 'forge.git');
  await gitLine(directory, 'init', '--quiet', '--bare', '--object-format=sha256', '--initial-branch=main', forge);
  addRecord(host.directory, { kind: 'coordination', id: OTHER, repository: forge }, runGit);
  const clone = join(directory, 'clone');
  await gitLine(directory, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main', clone);
  writeFileSync(join(clone, 'COORDINATION_STATUS.yaml'), 'x\n');
  await gitLine(clone, 'add', '.');
  await gitLine(clone, '-c', 'user.name=X', '-c', 'user.email=x@example.org', 'commit', '--quiet', '-m', 'coordination:create: Created');
  const { status, stderr } = await git(clone, 'push', forge, 'main');
  t.equal(status, 1);
  t.match(
    stderr,
    /remote: error record\/registered\s+remote: {3}this repository has the SHA-256 object format, which comes in a later version/,
  );
  t.equal((await git(forge, 'rev-parse', '--verify', '--quiet', 'main')).status, 1, 'nothing landed');
});

t.test('a hook whose run bit is gone is not run: vpr doctor finds it', { buffered: true }, async (t) => {
  const made = scenario(people).append().made();
  const host = writeHost(temporary(t), people, made);
  chmodSync(join(host.repository, 'hooks/pre-receive'), 0o644);
  appendFileSync(join(host.repository, 'config'), '[receive]\n\tfsckObjects = false\n');
  const { status, stdout } = await run(process.cwd(), process.execPath, ['bin/vpr.js', 'doctor', host.directory], {
    env: { NODE_NO_WARNINGS: '1' },
  });
  t.equal(status, 1);
  t.match(stdout, /is not executable: git passes over it without a word/);
  t.match(stdout, /receive\.fsckObjects is .*false, should be true/);
});
