/**
 * Revocation and twins, as real pushes to a real host, with lists that
 * `vpr cert crl` makes: what the hook says, what `vpr check` says before.
 */

import { createPrivateKey } from 'node:crypto';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { judgeHistory } from '../../src/cli/judging.js';
import { runVerify } from '../../src/cli/verify-run.js';
import { loadHostPolicy } from '../../src/hooks/receive-policy.js';
import { rememberCertificates } from '../../src/hosts/certificates.js';
import { openAuthority } from '../../src/records/authority.js';
import { openRepository } from '../../src/records/clone.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { readCertificate } from '../../src/trust/certificate/read.js';
import { markOf, revocationNotChecked } from '../../src/trust/index.js';
import { KNOWN_RULES } from '../../src/validators/rules.js';
import { makePeople, need, type People } from '../support/people.js';
import { scenario } from '../support/scenario.js';
import type { Holder } from '../trust/support/authorities.js';
import { makeList } from '../trust/support/lists.js';
import { type TestHost, temporary } from './support.js';
import { pushFrom, writeClient, writeHost } from './support-scenario.js';

/** What is pushed here: one message of Jane's. */
async function prepared(t: Parameters<typeof temporary>[0], people: People) {
  const made = scenario(people, people).append().made();
  const directory = temporary(t);
  const host = writeHost(directory, people, made);
  const client = await writeClient(directory, host, made);
  return { made, directory, host, client, push: () => pushFrom(client, made.updates) };
}

/** Lets the host read the lists of both authorities, as they are now. */
function useLists(host: TestHost, people: People, revocation: string): void {
  for (const name of ['gmc', 'org']) copyFileSync(join(people.directory, name, 'authority.crl'), join(host.directory, `${name}.crl`));
  appendFileSync(join(host.directory, 'vpr.yaml'), `crls: [gmc.crl, org.crl]\nrevocation: ${revocation}\n`);
}

async function lists(people: People): Promise<void> {
  for (const name of ['gmc', 'org']) await writeCrl(openAuthority(join(people.directory, name)), 30);
}

t.test('with fresh lists a push lands without a word', async (t) => {
  const people = await makePeople();
  await lists(people);
  const { host, push } = await prepared(t, people);
  useLists(host, people, 'require');
  t.match(await push(), { status: 0, stderr: /^(?!.*remote:)/s });
  const { trust } = loadHostPolicy(join(host.directory, 'vpr.yaml'));
  t.same(
    trust.crls.map(({ expiredSince }) => expiredSince),
    trust.roots.map(({ certificate }) => certificate.notBefore),
    'whatever ever expired stays on our lists',
  );
  t.equal(revocationNotChecked(trust), undefined);
  t.match(revocationNotChecked(people.trust), /^whether certificates were revoked: the host's policy says revocation: off$/);
});

t.test('a key that was compromised is refused by the hook, and by vpr check in the same words', async (t) => {
  const people = await makePeople();
  const authority = openAuthority(join(people.directory, 'gmc'));
  revoke({ authority, certificate: people.people.jane.certificate, reason: 'keyCompromise' }, new Date());
  await lists(people);
  for (const mode of ['require', 'warn', 'off']) {
    const { made, directory, host, client, push } = await prepared(t, people);
    useLists(host, people, mode);
    const { status, stderr } = await push();
    t.equal(status, 1, mode);
    t.match(
      stderr,
      /remote: error commit\/signer\s+remote: {3}commit \S+ the certificate with SHA-256 \S+ was revoked on \S+ \(keyCompromise, since /,
    );
    const trust = join(directory, 'trust.json');
    writeFileSync(trust, renderBundle(exportBundle(host.directory, KNOWN_RULES)));
    const now = new Date();
    const { verdict } = await judgeHistory({
      repository: openRepository(client),
      from: made.updates[0]?.old ?? '',
      to: made.updates[0]?.new ?? '',
      trust,
      times: () => ({ received: now, latest: now, known: 'host' }) as const,
      whole: false,
    });
    t.match(verdict.problems, [{ rule: 'commit/signer', message: /was revoked on/ }], 'the bundle carries the lists');
  }
});

t.test('where nothing tells: refused, warned of, or left to doctor and verify', async (t) => {
  const people = await makePeople();
  const run = async (policy: string) => {
    const { host, push } = await prepared(t, people);
    appendFileSync(join(host.directory, 'vpr.yaml'), policy);
    return push();
  };
  t.match(await run('revocation: require\n'), {
    status: 1,
    stderr: /error commit\/signer\s+remote: .* is revoked is not known: no revocation list of CN=Test GMC is at hand/,
  });
  t.match(await run('revocation: warn\n'), {
    status: 0,
    stderr: /remote: accepted, with 1 problem[\s\S]*warning commit\/signer[\s\S]*is not known/,
  });
  t.match(await run(''), { status: 0, stderr: /^(?!.*remote:)/s });
  t.match(await run('crls: [missing.crl]\n'), { status: 1, stderr: /trust\/faulty[\s\S]*crls\[0\] missing\.crl: no such file/ });
});

t.test('lists of next month count for nothing yet, by the hook, vpr check and vpr verify alike', async (t) => {
  const people = await makePeople();
  const { made, directory, host, client, push } = await prepared(t, people);
  for (const name of ['gmc', 'org']) {
    const [certificate, key] = ['crt', 'key'].map((end) => readFileSync(join(people.directory, name, `authority.${end}`)));
    const issuer = { certificate: need(readCertificate(certificate as Buffer)), key: createPrivateKey(key as Buffer) } as Holder;
    const [from, to] = [30, 60].map((days) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString()) as [string, string];
    writeFileSync(join(people.directory, name, 'authority.crl'), makeList({ issuer, from, to }));
  }
  useLists(host, people, 'require');
  const expected = /is revoked is not known: the list of CN=Test GMC of \S+ is of a time that has not come yet/;
  t.match(await push(), { status: 1, stderr: expected });
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(host.directory, KNOWN_RULES)));
  const { old = '', new: to = '' } = made.updates[0] ?? {};
  const now = new Date();
  const times = () => ({ received: now, latest: now, known: 'host' }) as const;
  const { verdict } = await judgeHistory({ repository: openRepository(client), from: old, to, trust, times, whole: false });
  t.match(verdict.problems, [{ rule: 'commit/signer', message: expected }]);
  writeFileSync(join(client, 'refs/heads/main'), `${to}\n`);
  const { report } = await runVerify({ in: client, trust, range: undefined, cache: false, format: 'text', quiet: true });
  t.match(report.records[0]?.history?.verdict.problems.at(-1), { rule: 'commit/signer', message: expected });
});

t.test('a certificate that passes for one the host has seen', async (t) => {
  const people = await makePeople();
  const first = await prepared(t, people);
  const mark = markOf(people.people.jane.certificate);
  t.match(await first.push(), { status: 0 });
  const path = join(first.host.directory, 'certificates', mark.place.slice(0, 2), mark.place.slice(2, 4), `${mark.place}.jsonl`);
  t.match(JSON.parse(readFileSync(path, 'utf8')), { tbs: mark.tbs, fingerprint: mark.fingerprint });
  const second = await prepared(t, people);
  rememberCertificates(second.host.directory, mark.place, [{ ...mark, fingerprint: 'f'.repeat(64) }], undefined, new Date().toISOString());
  t.match(await second.push(), {
    status: 1,
    stderr: /error commit\/signer\s+remote: .* differs from the one on record only in the form of its signature/,
  });
});
