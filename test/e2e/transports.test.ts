/** Pushes over smart HTTP and ssh: the same hook, the same words, and clones that work with ordinary git. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t, { type Test } from 'tap';
import { addMessage } from '../../src/records/thread-add.js';
import { openWriter } from '../../src/records/writer.js';
import type { Example } from '../../src/validators/example.js';
import { ruleOf } from '../../src/validators/rules.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import { git, gitLine, makeHost, stateOf, type TestHost, temporary } from './support.js';
import { beginRecord, cloneFor } from './support-clones.js';
import { serveHttp } from './support-http.js';
import { pushFrom, writeClient, writeHost } from './support-scenario.js';
import { NO_SSH, serveSsh } from './support-ssh.js';

/** Rules whose examples go over every transport; all of them go over a path in rules.test.ts. */
const RULES_TRIED = ['thread/append-only', 'ref/only-main', 'commit/signer', 'ref/no-delete'];

const people = await makePeople();
const strangers = await makePeople();
t.jobs = 2;

/** Where a host's repository can be reached: a URL, and the configuration that git needs for it, as `-c` takes it. */
interface Reached {
  readonly url: string;
  readonly config: string;
}

type Reach = (t: Test, directory: string, host: TestHost) => Promise<Reached>;

const http: Reach = async (t, _, { directory, repository }) => {
  const server = await serveHttp(t, directory);
  return { url: `${server}/${relative(directory, repository)}`, config: 'http.postBuffer=65536' };
};

const ssh: Reach = async (_, directory, { repository }) => {
  const { user, command } = await serveSsh(directory);
  return { url: `ssh://${user}@record${repository}`, config: `core.sshCommand=${command}` };
};

async function pushOver(t: Test, reach: Reach, example: Example | undefined) {
  const record = scenario(people, strangers);
  example?.push(record);
  const made = record.made();
  const directory = temporary(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  const { url, config } = await reach(t, directory, host);
  await gitLine(client, 'remote', 'set-url', 'origin', url);
  const [key = '', ...value] = config.split('=');
  await gitLine(client, 'config', key, value.join('='));
  const before = stateOf(host);
  return { ...(await pushFrom(client, made.updates)), before, after: stateOf(host), made };
}

for (const [name, reach, missing] of [
  ['http', http, undefined],
  ['ssh', ssh, NO_SSH],
] as const) {
  t.test(`${name}: what rules refuse, and what they accept`, { buffered: true, skip: missing ?? false }, async (t) => {
    for (const id of RULES_TRIED) {
      const refused = await pushOver(t, reach, ruleOf(id)?.refuses);
      t.equal(refused.status, 1, id);
      t.match(refused.stderr, `remote: error ${id}`);
      t.strictSame(refused.after, refused.before, 'nothing moved, nothing is left');

      const accepted = await pushOver(t, reach, ruleOf(id)?.accepts);
      t.equal(accepted.status, 0, accepted.stderr);
      t.equal(accepted.after.main, accepted.made.updates[0]?.new);
      t.equal(accepted.after.journal.length, 1);
    }
  });

  t.test(`${name}: a record from its first commit on, in a clone, with git`, { buffered: true, skip: missing ?? false }, async (t) => {
    const directory = temporary(t);
    const host = makeHost(join(directory, 'host'), people);
    const { url, config } = await reach(t, directory, host);
    const clone = await cloneFor(directory, host, people, { url, config });
    const thread = beginRecord(clone, people);
    t.match(readFileSync(join(clone, 'COORDINATION_STATUS.yaml'), 'utf8'), host.record, 'the id is that of the URL');
    const first = await git(clone, 'push');
    t.equal(first.status, 0, first.stderr);
    t.equal(stateOf(host).main, await gitLine(clone, 'rev-parse', 'main'));

    addMessage(openWriter(clone), { thread, body: 'Seen.' });
    appendFileSync(join(clone, 'communications', thread, 'ledger.yaml'), '# reviewed\n');
    const changed = await git(clone, 'commit', '--quiet', '--all', '--no-gpg-sign', '-m', 'coordination:update: Reviewed the ledger');
    t.equal(changed.status, 0, changed.stderr);
    const before = stateOf(host);
    const unsigned = await git(clone, 'push');
    t.match(unsigned.stderr, /remote: error commit\/signature[^\n]*\nremote: {3}commit \S+ the commit is not signed/);
    t.match(unsigned.stderr, /remote: error ledger\/updated/, 'all problems at once');
    t.match(unsigned.stderr, /remote: refused: 2 problems in 1 of 2 commits/);
    t.strictSame(stateOf(host), before);

    await gitLine(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    const second = await git(clone, 'push');
    t.equal(second.status, 0, second.stderr);
    t.equal(stateOf(host).journal.length, 2);
    t.equal((await git(directory, 'clone', '--quiet', '-c', config, url, 'another')).status, 0);
    t.equal(await gitLine(join(directory, 'another'), 'rev-parse', 'HEAD'), stateOf(host).main);
  });
}
