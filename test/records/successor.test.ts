import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAuthority } from '../../src/records/authority.js';
import { revoke } from '../../src/records/crl.js';
import { findIssued } from '../../src/records/find-issued.js';
import { createHierarchy, createUnder } from '../../src/records/hierarchy.js';
import { issueCertificate } from '../../src/records/issue.js';
import { renewCertificate } from '../../src/records/renew.js';
import { createRequest } from '../../src/records/request.js';
import { temporary } from './support.js';

const JANE = { name: 'Dr Jane Smith', registration: { authority: 'GMC', number: '1234567' }, further: [] } as const;

/** A root with its intermediate, and the two that took that one's place after some years. */
async function years(t: Parameters<typeof temporary>[0]) {
  const directory = temporary(t);
  const place = (name: string) => join(directory, name);
  const ca = place('ca');
  await createHierarchy({ directory: ca, name: 'Elm', authorities: ['GMC'], days: 3650, issuing: { days: 1825 } });
  const under = (name: string, directory: string) => createUnder({ directory, name, authorities: ['GMC'], days: 1825 }, ca, {});
  await under('Elm, issuing 2', place('ca2'));
  await under('Elm, issuing 3', place('ca3'));
  return { place, ca, under };
}

t.test('whoever an earlier intermediate certified keeps their participant id, and is renewed by the next one', async (t) => {
  const { place, ca } = await years(t);
  const { request } = await createRequest({ ...JANE, out: place('key') });
  const first = await issueCertificate({ ...JANE, authority: place('ca2'), participant: 'new', csr: request, days: 30, out: place('1') });
  const again = (changes: object) =>
    issueCertificate({ ...JANE, authority: place('ca3'), days: 30, out: place('2'), participant: 'new', ...changes });
  await t.rejects(again({}), { code: 'cert/participant-known', help: [`keep it: --participant ${first.participantId}`, /vpr cert renew/] });
  await t.rejects(issueCertificate({ ...JANE, authority: ca, days: 30, out: place('2'), participant: 'new' }), {
    code: 'cert/participant-known',
  });
  await t.rejects(again({ csr: request, participant: undefined }), { code: 'cert/key-known' });
  t.notOk(existsSync(place('2')));

  const certificate = first.serial;
  const renewed = await renewCertificate({ authority: place('ca3'), certificate, key: 'same', days: 30, out: place('3') });
  t.equal(renewed.participantId, first.participantId);
  t.match(findIssued(place('ca3'), renewed.certificate).authority.directory, /ca3$/, 'the one that was named has issued it');
  t.equal(readFileSync(renewed.certificate, 'utf8').split('BEGIN').length, 3, 'with its own intermediate');

  const elsewhere = { code: 'cert/not-issued', help: [`another of the same root has: --ca ${place('ca2')}`] };
  t.throws(() => findIssued(place('ca3'), certificate), elsewhere, 'what is revoked stands in the list of who issued it');
  const compromised = revoke({ ...findIssued(place('ca2'), certificate), reason: 'keyCompromise' }, new Date());
  t.strictSame(compromised.elsewhere, [{ directory: place('ca3'), serial: renewed.serial }], 'and each key wherever it was certified');
  const same = (out: string) => renewCertificate({ authority: ca, certificate: renewed.serial, key: 'same', days: 30, out: place(out) });
  await t.rejects(same('4'), { code: 'cert/revoked', message: /which has the same key/ }, 'a key in other hands is so under each');
});

t.test("an intermediate may not be called as its root is, nor as another one of that root's", async (t) => {
  const { place, under } = await years(t);
  for (const name of ['Elm', 'elm', 'Elm, issuing', 'Elm, issuing 2'])
    await t.rejects(under(name, place('4')), { code: 'cert/name-taken', help: [/issuing 2/] }, name);
  t.notOk(existsSync(place('4')));
  t.notOk(openAuthority(place('ca2')).isRoot);
});
