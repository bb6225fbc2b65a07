/** `vpr check`, and `vpr verify` of a range, know what the earlier history has shown, and say what the host then says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createAuthority } from '../../src/records/authority.js';
import { issueCertificate } from '../../src/records/issue.js';
import { setUp } from '../../src/records/setup.js';
import { readCertificate, toPem } from '../../src/trust/index.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { vpr } from '../commands/support.js';
import { run, temporary } from '../records/support.js';
import { JANE } from '../support/outside.js';
import { flipped } from '../trust/support/flipped.js';
import { beginByHand, edit, guarded, push } from './support-by-hand.js';

type Registration = { readonly authority: string; readonly number: string };

const ID = '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12';
const POLICY =
  'roots:\n  - file: trust/root.crt\n    authorities:\n      - { name: GMC, class: clinician }\n      - { name: NMC, class: clinician }\n';

t.test('a second certificate of an id that is known', { timeout: 240_000 }, async (t) => {
  const directory = temporary(t);
  const ca = join(directory, 'ca');
  await createAuthority({ directory: ca, name: 'Elm', authorities: ['GMC', 'NMC'], days: 100 });
  const { clone: first, id, trust } = guarded(t, POLICY, { 'root.crt': join(ca, 'authority.crt') }, directory);
  /** A certificate of Jane's id, with these registrations. */
  const issue = (own: Registration, ...further: Registration[]) =>
    issueCertificate({
      authority: ca,
      name: JANE,
      registration: own,
      further,
      email: 'jane.smith@example.org',
      participant: ID,
      days: 30,
      out: join(directory, `${own.authority}-${own.number}-${further.length}`),
    });
  const GMC = { authority: 'GMC', number: '1234567' };
  const NMC = { authority: 'NMC', number: '55' };
  /** One more commit, with the trailers that the certificate stands for. */
  const another = (clone: string) => {
    edit(clone);
    run(clone, 'git', 'commit', '--quiet', '-a', '-m', 'coordination:update: One more');
  };
  const write = async (clone: string, pair: { certificate: string; key: string }) => {
    await setUp({ directory: clone, ...pair, careLocation: 'Elsewhere', trust, rules: KNOWN_RULES });
    another(clone);
  };
  /** What the host says of what a clone would push, which check has said before. */
  const both = (clone: string, wanted: RegExp | undefined, what: string) => {
    const before = run(clone, 'git', 'rev-parse', 'origin/main');
    const check = vpr(clone, ['check']);
    const range = vpr(clone, ['verify', `${before}..HEAD`, '--trust', trust, '--record', id]);
    const host = push(clone);
    t.equal(check.status, wanted === undefined ? 0 : 1, `${what}: ${check.stdout}`);
    t.match(range, wanted === undefined ? { status: 0 } : { status: 1, stdout: wanted }, `${what}: ${range.stdout}${range.stderr}`);
    t.match(wanted === undefined ? check.stdout : `${check.stdout}\n${host}`, wanted ?? /nothing that the host refuses/, what);
    if (wanted === undefined) t.equal(host, '', what);
    else {
      t.match(host, wanted, what);
      run(clone, 'git', 'reset', '--quiet', '--hard', before);
    }
  };
  const again = (name: string, ...options: string[]) => {
    const clone = join(directory, name);
    run(directory, 'git', 'clone', '--quiet', ...options, `file://${run(first, 'git', 'remote', 'get-url', 'origin')}`, clone);
    return clone;
  };

  const jane = await issue(GMC);
  await setUp({ directory: first, ...jane, careLocation: 'Elsewhere', trust, rules: KNOWN_RULES });
  beginByHand(first, id);
  for (let i = 0; i < 3; i += 1) {
    another(first);
    both(first, undefined, 'the same certificate');
  }

  const unknown =
    /error commit\/signer[\s\S]*the certificate has the participant id 4f8c2a1d\S+, which this host knows with other registrations/;
  const nurse = await issue(NMC);
  const fresh = again('fresh');
  await write(fresh, nurse);
  both(fresh, unknown, 'another registration alone');
  await write(fresh, await issue({ authority: 'GMC', number: '666' }));
  both(fresh, unknown, 'another number');
  await write(fresh, await issue(GMC, NMC));
  both(fresh, undefined, 'both registrations');
  const fourth = again('fourth');
  await write(fourth, nurse);
  both(fourth, undefined, 'the second registration, which is known by now');

  const twin = join(directory, 'twin.crt');
  const reading = readCertificate(readFileSync(jane.certificate));
  if (!reading.ok) throw new Error('unreadable');
  writeFileSync(twin, toPem(flipped(reading.value).der));
  await write(fourth, { ...jane, certificate: twin });
  both(fourth, /error commit\/signer[\s\S]*differs from the one on record only in the form of its signature/, 'a twin of the certificate');

  const shallow = again('shallow', '--depth=1');
  await write(shallow, await issue({ authority: 'NMC', number: '77' }));
  t.match(vpr(shallow, ['check']), {
    status: 1,
    stdout: /not checked: participant ids and certificates of the earlier history, which is not all here: git fetch --unshallow/,
  });
  t.match(vpr(shallow, ['verify', 'origin/main..HEAD', '--trust', trust]), { status: 1, stdout: /^incomplete \(unread-below\): /m });
});
