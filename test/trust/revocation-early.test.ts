/** Revocation lists of a time that has not come: made beforehand, or seen with a clock that is wrong. */
import t from 'tap';
import { trustAsOf } from '../../src/trust/revocation/early.js';
import type { Verification } from '../../src/trust/types.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { makeAuthority, makePerson, NOW } from './support/authorities.js';
import { isGood, messages, signed, trustOf } from './support/commits.js';
import { type ListedEntry, makeList } from './support/lists.js';

const root = await makeAuthority('Root');
const jane = await makePerson({}, { issuer: root });
const commit = signed([jane]);

const SKEW = 300_000;
const AHEAD = { from: '2026-06-10T00:00:00Z', to: '2026-07-10T00:00:00Z' };

function look(crls: readonly Uint8Array[], revocation: 'require' | 'warn' | 'off' = 'require', now = NOW): Verification {
  return verifyCommit(commit, trustAsOf(trustOf({ roots: [root], crls, revocation }), now, SKEW), now, { known: 'host' });
}

const named = (entry: Partial<ListedEntry>) => [{ holder: jane, date: '2026-05-20T00:00:00Z', ...entry }];

t.test('one shows of nobody that they are not revoked', async (t) => {
  const early = makeList({ issuer: root, ...AHEAD });
  t.match(messages(look([early])), [/is not known: the list of CN=Root of 2026-06-10 is of a time that has not come yet/]);
  const warned = look([early], 'warn');
  t.ok(isGood(warned));
  t.match(warned.revocationFaults, [{ message: /has not come yet/ }]);
  t.ok(isGood(look([early], 'off')));
  t.ok(isGood(look([early], 'require', new Date('2026-06-09T23:55:00Z'))), 'within what clocks may differ by');
  t.notOk(isGood(look([early], 'require', new Date('2026-06-09T23:54:59Z'))));
  t.match(look([makeList({ issuer: root }), early]), { revocationFaults: [] }, 'beside the present one it does no harm');
});

t.test('whom it names is revoked', async (t) => {
  const early = makeList({ issuer: root, ...AHEAD, entries: named({ reason: 1 }) });
  for (const mode of ['require', 'warn', 'off'] as const) t.match(messages(look([early], mode)), [/was revoked on 2026-05-20/], mode);
  const later = makeList({ issuer: root, ...AHEAD, entries: named({ date: '2026-06-09T00:00:00Z', reason: 4 }) });
  t.ok(isGood(look([makeList({ issuer: root }), later])), 'from the date of the revocation on');
});

t.test('a hold ends when the list that has it no more has come', async (t) => {
  const held = makeList({ issuer: root, to: '2026-07-01T00:00:00Z', number: 1, entries: named({ reason: 6 }) });
  const lifted = makeList({ issuer: root, ...AHEAD, number: 2 });
  t.match(messages(look([held, lifted])), [/certificateHold/]);
  t.ok(isGood(look([held, lifted], 'require', new Date('2026-06-11T00:00:00Z'))));
});
