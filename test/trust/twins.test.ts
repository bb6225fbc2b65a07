/** Certificates that pass for one another (DESIGN "Things measured": s → n − s; one serial number for all). */
import t from 'tap';
import { linkFault } from '../../src/trust/path/link.js';
import { loadTrust } from '../../src/trust/store.js';
import { markOf, twinFault } from '../../src/trust/twins.js';
import type { Certificate } from '../../src/trust/types.js';
import { makeAuthority, makePerson } from './support/authorities.js';
import { CLINICIANS, policyOf, type Trusted, trustOf } from './support/commits.js';
import { flipped } from './support/flipped.js';

const root = await makeAuthority('Root');
const jane = await makePerson({}, { issuer: root, serial: '0a' });
const again = await makePerson({}, { issuer: root, serial: '0a' });
const tom = await makePerson({}, { issuer: root, serial: '0b' });
const twin = flipped(jane.certificate);
const trust = trustOf({ roots: [root] });

t.test('an issuer’s signature turned over still verifies, and is another certificate', async (t) => {
  t.not(twin.fingerprint, jane.certificate.fingerprint);
  t.equal(linkFault(twin, root.certificate), undefined);
  t.equal(markOf(twin).place, markOf(jane.certificate).place);
  t.equal(markOf(twin).tbs, markOf(jane.certificate).tbs);
});

t.test('beside what is on record', async (t) => {
  const on = (...certificates: Certificate[]) => certificates.map(markOf);
  t.equal(twinFault(jane.certificate, [], trust), undefined);
  t.equal(twinFault(jane.certificate, on(jane.certificate), trust), undefined);
  t.match(twinFault(twin, on(jane.certificate), trust), { message: /differs from the one on record only in the form of its signature/ });
  t.match(twinFault(jane.certificate, on(twin), trust), { help: [/as its authority issued it/, /vpr\.yaml/] }, 'whichever came first');
  t.match(twinFault(again.certificate, on(jane.certificate), trust), { message: /has the issuer and serial number of another one/ });
});

t.test('what the policy names is what is on record', async (t) => {
  const on = [markOf(twin)];
  const listed = trustOf({ roots: [root], listed: [jane] });
  t.equal(twinFault(jane.certificate, on, listed), undefined);
  t.match(twinFault(twin, on, listed), { message: /only in the form of its signature/ }, 'though it came first');
  t.match(twinFault(again.certificate, [], listed), { message: /issuer and serial number/ });
  t.equal(twinFault(tom.certificate, [], listed), undefined);
});

t.test('what the policy names beside each other', async (t) => {
  const faults = (trusted: Trusted) => {
    const all = [...(trusted.roots ?? []), ...(trusted.listed ?? [])].map(({ certificate }) => certificate);
    const reading = loadTrust(
      policyOf(trusted),
      (path) => [...all, ...(trusted.intermediates ?? [])].find(({ fingerprint }) => fingerprint === path)?.der,
    );
    return reading.ok ? [] : reading.faults.map(({ message }) => message);
  };
  t.match(faults({ listed: [jane, { certificate: twin }] }), [/differ only in the form of their signature/]);
  t.match(faults({ listed: [jane, again] }), [/one issuer and serial number, and are not both trusted by themselves/]);
  const self = await makePerson({}, { serial: '01' });
  const renewed = await makePerson({}, { serial: '01' });
  t.same(
    faults({ listed: [self, renewed].map(({ certificate }) => ({ certificate, authorities: CLINICIANS })) }),
    [],
    "as VPR's program made them",
  );
  t.match(faults({ listed: [{ ...self, authorities: CLINICIANS }, renewed] }), [/not both trusted by themselves/]);
  const inter = await makeAuthority('Inter', { issuer: root });
  t.match(faults({ roots: [root], intermediates: [inter.certificate, flipped(inter.certificate)] }), [/differ only in the form/]);
});
