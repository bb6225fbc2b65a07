/** Which certificates a host has accepted pushes with. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { certificatesAt, rememberCertificates } from '../../src/hosts/certificates.js';
import { temporaryDirectory } from '../git/plumbing.js';

const PLACE = 'ab'.repeat(32);
const NOW = '2026-06-01T12:00:00.000Z';
const seen = (tbs: string, fingerprint: string) => ({ place: PLACE, tbs: tbs.repeat(64), fingerprint: fingerprint.repeat(64) });

t.test('what was seen is known, once', async (t) => {
  const root = temporaryDirectory(t);
  t.equal(certificatesAt(root, PLACE), undefined);
  rememberCertificates(root, PLACE, [seen('a', '1')], undefined, NOW);
  t.same(certificatesAt(root, PLACE), [seen('a', '1')]);
  rememberCertificates(root, PLACE, [seen('a', '1')], [seen('a', '1')], NOW);
  rememberCertificates(root, PLACE, [seen('b', '2')], [seen('a', '1')], NOW);
  t.same(certificatesAt(root, PLACE), [seen('a', '1'), seen('b', '2')]);
  t.equal(readFileSync(join(root, 'certificates/ab/ab', `${PLACE}.jsonl`), 'utf8').split('\n').length, 3);
  t.equal(certificatesAt(root, 'cd'.repeat(32)), undefined);
});

t.test('of two pushes that bring two at once, one is judged again', async (t) => {
  const root = temporaryDirectory(t);
  rememberCertificates(root, PLACE, [seen('a', '1')], undefined, NOW);
  t.throws(() => rememberCertificates(root, PLACE, [seen('a', '2')], undefined, NOW), {
    code: 'certificates/claimed',
    help: ['push again'],
  });
  rememberCertificates(root, PLACE, [seen('a', '1')], undefined, NOW);
  t.same(certificatesAt(root, PLACE), [seen('a', '1')]);
  const both = temporaryDirectory(t);
  rememberCertificates(both, PLACE, [seen('a', '1'), seen('b', '2')], undefined, NOW);
  t.same(certificatesAt(both, PLACE), [seen('a', '1'), seen('b', '2')], 'a push that brings both of two that the policy names');
});

t.test('a torn line is passed over; a file of nothing else is damage', async (t) => {
  const root = temporaryDirectory(t);
  rememberCertificates(root, PLACE, [seen('a', '1')], undefined, NOW);
  const path = join(root, 'certificates/ab/ab', `${PLACE}.jsonl`);
  appendFileSync(path, '{"time":"2026');
  t.same(certificatesAt(root, PLACE), [seen('a', '1')]);
  writeFileSync(path, '{"tbs":"short"}\n');
  t.throws(() => certificatesAt(root, PLACE), { code: 'certificates/damaged' });
});
