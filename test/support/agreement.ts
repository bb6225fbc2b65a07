/** Four programs that know nothing of each other, asked about one commit's signature. */
import { spawnSync } from 'node:child_process';
import { createHash, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { p256 } from '@noble/curves/nist.js';
import { signatureOf } from '../../src/records/export-signature.js';
import { payloadOf, publicKeyOf, readSignature, type Trust, toPem, verifyCommit } from '../../src/trust/index.js';
import { needsProgram } from '../trust/support/shared.js';
import { GPGSM, type Gpgsm } from './gpgsm.js';

interface Test {
  teardown(what: () => unknown): void;
  ok(value: unknown, message: string): unknown;
  equal(found: unknown, wanted: unknown, message: string): unknown;
}

/** Tests change where temporary files go. */
const PLACE = tmpdir();

/** For tap: runs where the outside programs are, else names the package. */
export function needsOracles(): { skip: false | string } {
  const openssl = needsProgram('openssl', 'openssl');
  return openssl.skip === false ? needsProgram('gpgsm', 'gpgsm gpg-agent') : openssl;
}

/** What the oracles say of a commit of a repository; every one of them has to say the same. */
export type Agreement = (repository: string, commit?: string) => void;

/**
 * A home of gpgsm's own that trusts these certificates and knows others; its
 * agent ends with the test. What runs there, with gpgsm as git's program as well.
 */
export function gpgsmHome(
  t: Pick<Test, 'teardown'>,
  { program }: Gpgsm,
  anchors: readonly Uint8Array[],
  others: readonly Uint8Array[] = [],
) {
  const home = mkdtempSync(join(PLACE, 'g-'));
  const env = { PATH: process.env['PATH'], GNUPGHOME: home, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  t.teardown(() => {
    spawnSync('gpgconf', ['--kill', 'all'], { env });
    rmSync(home, { recursive: true, force: true });
  });
  // Else it asks at a terminal whether a root is trusted, and waits.
  writeFileSync(join(home, 'gpg-agent.conf'), 'no-allow-mark-trusted\n');
  const sha1 = (der: Uint8Array) => createHash('sha1').update(der).digest('hex').toUpperCase();
  writeFileSync(join(home, 'trustlist.txt'), anchors.map((der) => `${sha1(der)} S relax\n`).join(''));
  writeFileSync(join(home, 'gpgsm.conf'), 'disable-crl-checks\ndisable-dirmngr\n');
  const gpgsm = (...args: string[]) => spawnSync(program, args, { env, encoding: 'utf8', timeout: 60_000 });
  const git = (repository: string, ...args: string[]) =>
    spawnSync('git', ['-C', repository, '-c', `gpg.x509.program=${program}`, ...args], { env, encoding: 'utf8', timeout: 60_000 });
  const known = [...anchors, ...others];
  writeFileSync(join(home, 'known.pem'), known.map((der) => toPem(der)).join(''));
  const { status, stderr } = known.length === 0 ? { status: 0, stderr: '' } : gpgsm('--import', join(home, 'known.pem'));
  if (status !== 0) throw new Error(stderr);
  return { home, env, gpgsm, git };
}

/** Does something in a new home of a gpgsm, which knows these certificates and trusts none. */
export function inHome<T>(found: Gpgsm, certificates: readonly Uint8Array[], use: (home: ReturnType<typeof gpgsmHome>) => T): T {
  const ends: (() => unknown)[] = [];
  try {
    return use(gpgsmHome({ teardown: (what) => void ends.push(what) }, found, [], certificates));
  } finally {
    for (const end of ends) end();
  }
}

/** Oracles that trust some certificates, of a host's trust: every gpgsm that is here among them. */
export function agreementOn(t: Test, trust: Trust): Agreement {
  const anchors = [...trust.roots, ...trust.listed].map(({ certificate }) => certificate.der);
  const homes = GPGSM.map((found) => ({ ...found, ...gpgsmHome(t, found, anchors) }));
  const directory = mkdtempSync(join(tmpdir(), 'vpr-agreement-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const roots = file('roots.pem', anchors.map((der) => toPem(der)).join(''));
  const openssl = (signature: Uint8Array, payload: Uint8Array) => {
    const files = ['-in', file('s.p7s', signature), '-content', file('payload', payload), '-CAfile', roots];
    return spawnSync('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', ...files, '-out', '/dev/null']).status === 0;
  };

  return (repository, commit = 'HEAD') => {
    const { stdout: bytes } = spawnSync('git', ['-C', repository, 'cat-file', 'commit', commit]);
    const split = payloadOf(bytes);
    const reading = 'payload' in split ? readSignature(split.gpgsig) : undefined;
    if (!('payload' in split) || reading?.ok !== true) throw new Error('no signature that reads');
    const { certificates, signature, encoding } = signatureOf(bytes, trust);
    const [{ point }] = certificates;
    const found = reading.value;
    const key = publicKeyOf(certificates[0]);
    if (key === undefined || point === undefined) throw new Error('no key');
    const ours = verifyCommit(bytes, trust, new Date());
    t.ok(ours.signer !== undefined, `${encoding}: vpr knows the signer`);
    const signed = found.encoding === 'cms-attributes' ? found.attributes : split.payload;
    const changed = (data: Uint8Array) => Buffer.concat([data, Buffer.from(' ')]);
    for (const [data, payload, good] of [
      [signed, split.payload, true],
      [changed(signed), changed(split.payload), false],
    ] as const) {
      const what = `${encoding}, ${good ? 'as stored' : 'changed'}`;
      t.equal(verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, found.signature), good, `${what}: node:crypto`);
      t.equal(p256.verify(found.signature, data, point, { lowS: false }), good, `${what}: noble`);
      t.equal(openssl(signature, payload), good, `${what}: openssl cms -verify`);
      for (const { gpgsm, version } of homes) {
        const { status } = gpgsm('--verify', file('s.p7s', signature), file('payload', payload));
        t.equal(status === 0, good, `${what}: gpgsm ${version} --verify`);
      }
    }
    // A bare container stops stock git, which knows no such signature.
    if (!('data' in found || found.encoding === 'cms')) return;
    for (const { git, version } of homes)
      t.equal(git(repository, 'verify-commit', commit).status, 0, `${encoding}: git verify-commit through gpgsm ${version}`);
  };
}
