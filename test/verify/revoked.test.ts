/** A key that was in other hands: what it signed before counts only where the host's journal says that it was before. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import { openAuthority } from '../../src/records/authority.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { makePeople } from '../support/people.js';
import { pushedRecord, rulesIn, trustOf, verify } from './support.js';

const people = await makePeople();
const { directory, host, client } = await pushedRecord(t, people, (record) => record.append());
await sleep(2000); // lists know whole seconds
const before = new Date().toISOString();
await sleep(2000);
const authority = openAuthority(join(people.directory, 'gmc'));
const { certificate } = people.people.jane;
revoke({ authority, certificate, reason: 'keyCompromise', invalidSince: new Date(Date.now() - 1000).toISOString() }, new Date());
cpSync((await writeCrl(authority, 30)).file, join(host.directory, 'gmc.crl'));
const { policy } = hostPaths(host.directory);
writeFileSync(policy, `${readFileSync(policy, 'utf8')}crls: [gmc.crl]\n`);
const trust = trustOf(directory, host);
const journal = host.directory;

t.test('with the journal they are good', async (t) => {
  const found = await verify({ in: client, trust, journal });
  t.match(found, { good: true, record: { history: { counts: { cannotBeShown: 0, revocationUnknown: 0, withProblems: 0 } } } }, found.text);
});

t.test('without it, it cannot be shown', async (t) => {
  const found = await verify({ in: client, trust });
  t.match(found, { good: false, record: { history: { counts: { cannotBeShown: 3 } } } });
  t.ok(found.gaps.includes('cannot-be-shown'));
  t.same(rulesIn(found), ['commit/signer']);
  t.match(found.text, /incomplete \(cannot-be-shown\): that 3 commits are older than the revocation of the key cannot be shown/);
});

t.test('as of a time before the list there was no list, and that is said', async (t) => {
  const found = await verify({ in: client, trust, at: before });
  t.match(found, { good: true, record: { history: { counts: { cannotBeShown: 0, revocationUnknown: 3, withProblems: 3 } } } });
  t.match(found.text, /not checked: whether certificates of 3 commits were revoked/);
});

t.test('what came with a warning is not remembered as good', async (t) => {
  for (const _ of [1, 2]) t.equal((await verify({ in: client, trust, at: before, cache: true })).record?.cached, undefined);
  await verify({ in: client, trust, journal, cache: true });
  t.match(await verify({ in: client, trust, journal, cache: true }), { good: true, record: { cached: { commits: 3 } } });
});
