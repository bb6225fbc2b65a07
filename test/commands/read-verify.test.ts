/** `read.verify`: commands that read a host's projection look at signatures as well, when they are told to. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { openDatabase } from '../../src/projections/index.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { askedHost } from './support-queries.js';

interface Signatures {
  readonly verify: string;
  readonly good: boolean;
  readonly commits: readonly { readonly commit: string; readonly result: string; readonly why?: string; readonly certificate?: string }[];
}

const people = await makePeople();
const { pushed, paths, thread, text, json, failed, watched } = await askedHost(t, people);
const { repository } = pushed.host;
const tip = pushed.tips.at(-1) ?? '';
const setting = (verify: string) => writeFileSync(paths.settings, `version: 1\nread: { verify: ${verify} }\n`);
const signatures = (...args: readonly string[]) => {
  const { status, value } = json(...args);
  return { status, ...(value['signatures'] as Signatures) };
};
/** By result, how many. */
const results = ({ commits }: Signatures) =>
  ['good', 'bad', 'unknown'].map((wanted) => commits.filter(({ result }) => result === wanted).length);

t.test('looking at signatures while reading', async (t) => {
  t.equal(watched().status, 0);
  t.equal(json('search', 'pressure').value['signatures'], undefined, 'off unless told otherwise');

  setting('always');
  const found = signatures('search', 'pressure');
  t.match(found, { status: 0, verify: 'always', good: true });
  t.strictSame(results(found), [3, 0, 0], 'two messages, and the commit that the rows stand on');
  t.ok(found.commits.some(({ commit }) => commit === tip));
  const { tom, ada } = people.people;
  const fingerprints = [tom, ada].map(({ certificate }) => certificate.fingerprint);
  t.ok(
    fingerprints.every((one) => found.commits.some(({ certificate }) => certificate === one)),
    'each by whose it is',
  );
  t.match(text('search', 'pressure'), { status: 0, stdout: /\nsignatures: 3 of 3 commits good\n$/ });
  // The tip changed an archived thread alone.
  const { rob } = people.people;
  t.match(
    found.commits.find(({ commit }) => commit === tip),
    { result: 'good', registrations: { length: 0 } },
  );
  t.notMatch(JSON.stringify(found), new RegExp(`${rob.certificate.fingerprint}|${rob.number}`), 'whose it is that rows stand on');
  t.match(
    signatures('search', 'pressure', '--reason', 'Called about a bleed').commits.find(({ commit }) => commit === tip),
    { certificate: rob.certificate.fingerprint, registrations: [`${rob.authority} ${rob.number}`] },
    'unless somebody says why',
  );
  const all = signatures('timeline', RECORD_ID);
  t.match(all, { status: 0, good: true });
  t.strictSame(results(signatures('threads')), [2, 0, 0]);
  t.ok(signatures('thread', 'show', thread).commits.length >= 4, 'messages, and what corrects them');

  const policy = readFileSync(paths.policy, 'utf8');
  writeFileSync(paths.policy, policy.replace('name: GMC', 'name: ZZZ'));
  t.not(readFileSync(paths.policy, 'utf8'), policy);
  const foreign = signatures('search', 'pressure');
  t.match(foreign, { status: 1, good: false });
  t.strictSame(results(foreign), [1, 2, 0], 'whom the host does not trust any more');
  t.match(
    foreign.commits.find(({ commit }) => commit === tip),
    { result: 'bad', why: /commit\/signer/ },
  );
  t.match(text('search', 'pressure'), {
    status: 1,
    stdout: new RegExp(`\\n  bad  commit [0-9a-f]{40} of record ${RECORD_ID}: .*commit/signer`),
  });
  writeFileSync(paths.policy, 'version: 2');
  t.match(signatures('search', 'pressure').commits, [{ result: 'unknown', why: /vpr\.yaml/ }], 'a policy that does not read');
  writeFileSync(paths.policy, policy);

  setting('cached');
  const first = signatures('search', 'pressure');
  t.match(first, { status: 0, verify: 'cached', good: true });
  renameSync(repository, `${repository}.away`);
  t.strictSame(signatures('search', 'pressure').commits, first.commits, 'what was good before is not read again');
  setting('always');
  const away = signatures('search', 'pressure');
  t.match(away, { status: 1, good: false });
  t.strictSame(results(away), [0, 0, 3], 'a repository that is not there is no good signature');
  t.match(away.commits, [{ why: 'the repository is not there, or is none' }], 'it is not taken for one of another record');
  setting('cached');
  writeFileSync(paths.policy, `${policy}# changed\n`);
  t.strictSame(results(signatures('search', 'pressure')), [0, 0, 3], 'nor is what another policy has found');
  writeFileSync(paths.policy, policy);
  renameSync(`${repository}.away`, repository);

  setting('always');
  const database = await openDatabase(paths.database);
  const invented = 'c'.repeat(40);
  await database.kysely
    .updateTable('commits')
    .set({ id: invented })
    .where('id', '=', found.commits[0]?.commit ?? '')
    .execute();
  await database.close();
  const forged = signatures('search', 'pressure');
  t.match(forged, { status: 1, good: false });
  t.match(
    forged.commits.find(({ commit }) => commit === invented),
    { result: 'unknown', why: `it is not in the history of ${tip}` },
  );

  setting('sometimes');
  t.equal(failed('search', 'pressure'), 'projections/settings');
});
