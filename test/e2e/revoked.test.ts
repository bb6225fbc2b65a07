import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAuthority } from '../../src/records/authority.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { findIssued } from '../../src/records/find-issued.js';
import { createHierarchy } from '../../src/records/hierarchy.js';
import { type Issued, issueCertificate } from '../../src/records/issue.js';
import type { Reason } from '../../src/records/register.js';
import { renewCertificate } from '../../src/records/renew.js';
import { setUp } from '../../src/records/setup.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { run, temporary } from '../records/support.js';
import { needsOracles } from '../support/agreement.js';
import { JANE } from '../support/outside.js';
import { beginByHand, change, guarded, underRoot } from './support-by-hand.js';

t.test('what vpr cert revoke and vpr cert crl say is what a guarded host goes by', { ...needsOracles(), timeout: 240_000 }, async (t) => {
  const directory = temporary(t);
  const ca = join(directory, 'ca');
  await createHierarchy({ directory: ca, name: 'Elm', authorities: ['GMC'], days: 100, issuing: { days: 50 } });
  const jane = await issueCertificate({
    authority: ca,
    name: JANE,
    registration: { authority: 'GMC', number: '1234567' },
    further: [],
    email: 'jane.smith@example.org',
    participant: 'new',
    days: 30,
    out: join(directory, 'jane'),
  });
  const lists = { 'root.crl': join(ca, 'authority.crl'), 'issuing.crl': join(ca, 'issuing/authority.crl') };
  const policy = `${underRoot()}crls: [trust/root.crl, trust/issuing.crl]\nrevocation: require\n`;
  const { clone, id, trust } = guarded(t, policy, { 'root.crt': join(ca, 'authority.crt'), ...lists }, directory);
  const sign = ({ certificate, key }: Issued) =>
    setUp({ directory: clone, certificate, key, careLocation: 'Elsewhere', trust, rules: KNOWN_RULES });
  const publish = async (authority: string) => {
    await writeCrl(openAuthority(authority), 30);
    for (const [name, file] of Object.entries(lists)) copyFileSync(file, join(directory, 'host/trust', name));
  };
  const say = (serial: string, reason: Reason) => revoke({ ...findIssued(ca, serial), reason }, new Date());

  t.strictSame((await sign(jane)).warnings, []);
  beginByHand(clone, id);
  t.equal(change(clone), '', 'the lists that a new authority has are good');

  const renewed = await renewCertificate({
    authority: ca,
    certificate: jane.certificate,
    key: 'new',
    days: 30,
    out: join(directory, 'renewed'),
  });
  say(jane.serial, 'keyCompromise');
  t.equal(change(clone), '', 'nobody knows before the list is there');
  await publish(join(ca, 'issuing'));
  t.match(change(clone), /commit\/signer[\s\S]*revoked/);
  await sign(renewed);
  t.match(change(clone), /commit\/signer[\s\S]*revoked/, 'the refused commit below it still counts');
  run(clone, 'git', 'reset', '--quiet', '--hard', 'origin/main');
  t.equal(change(clone), '', 'the renewed certificate is the same person');

  const { certificate } = findIssued(ca, join(ca, 'issuing/authority.crt'));
  say(certificate.serial, 'cACompromise');
  await publish(ca);
  t.match(change(clone), /commit\/signer[\s\S]*revoked/, 'below a revoked intermediate nobody counts');
});
