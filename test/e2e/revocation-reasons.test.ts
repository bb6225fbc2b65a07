/**
 * Every reason of RFC 5280 §5.3.1, with and without an invalidityDate, in lists that `openssl ca` makes where it can:
 * what FORMAT §6 "When a certificate counts" says of it, from the hook at the push and from `vpr verify` afterwards.
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadHostPolicy } from '../../src/hooks/receive-policy.js';
import { hostPaths, shardedPath } from '../../src/hosts/paths.js';
import { readCertificate } from '../../src/trust/certificate/read.js';
import { makePeople, need } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import type { Holder } from '../trust/support/authorities.js';
import { makeList } from '../trust/support/lists.js';
import { needsProgram } from '../trust/support/shared.js';
import { pushedRecord, trustOf, verify } from '../verify/support.js';
import { writeObjects } from './support.js';
import { pushFrom } from './support-scenario.js';

/** RFC 5280's number, openssl's name where it has one, and whether it says that the key is in other hands. */
const REASONS = [
  ['unspecified', 0, 'unspecified', false],
  ['keyCompromise', 1, 'keyCompromise', true],
  ['cACompromise', 2, 'CACompromise', true],
  ['affiliationChanged', 3, 'affiliationChanged', false],
  ['superseded', 4, 'superseded', false],
  ['cessationOfOperation', 5, 'cessationOfOperation', false],
  ['certificateHold', 6, 'certificateHold', false],
  ['privilegeWithdrawn', 9, undefined, false],
  ['aACompromise', 10, undefined, true],
] as const;

/** Hours from the push to the revocation and to the invalidityDate; what the hook says of a compromise and of anything else. */
const WHEN = [
  ['revoked before', -1, undefined, /was revoked on/, /was revoked on/],
  ['revoked after', 1, undefined, /older than the key's compromise cannot be shown/, undefined],
  ['revoked after, invalid since before', 1, -2, /was revoked on \S+ \(\w+, since /, undefined],
  ['revoked after, invalid since after', 2, 1, undefined, undefined],
] as const;

const people = await makePeople();
const gmc = join(people.directory, 'gmc');
const [certificate, key] = ['crt', 'key'].map((end) => readFileSync(join(gmc, `authority.${end}`)));
const issuer = { certificate: need(readCertificate(certificate as Buffer)), key: createPrivateKey(key as Buffer) } as Holder;
const { jane } = people.people;

const hours = (count: number) => new Date(Date.now() + count * 3600_000);
const digits = (date: Date) => `${date.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;

/** A list in PEM, by `openssl ca` from the database that it keeps. */
function byOpenssl(directory: string, reason: string, revoked: Date, invalid: Date | undefined): Uint8Array {
  mkdirSync(directory, { recursive: true });
  const timed = reason === 'keyCompromise' ? 'keyTime' : 'CAkeyTime';
  const said = invalid === undefined ? reason : `${timed},${digits(invalid)}`;
  const line = ['R', '300101000000Z', `${digits(revoked).slice(2)},${said}`, jane.certificate.serial.toUpperCase(), 'unknown', '/CN=Jane'];
  writeFileSync(join(directory, 'index.txt'), `${line.join('\t')}\n`);
  writeFileSync(join(directory, 'index.txt.attr'), 'unique_subject = no\n');
  writeFileSync(join(directory, 'crlnumber'), '01\n');
  writeFileSync(
    join(directory, 'conf'),
    '[ca]\ndefault_ca = here\n[here]\ndatabase = index.txt\ncrlnumber = crlnumber\ndefault_md = sha256\ndefault_crl_days = 30\ncrl_extensions = ext\n[ext]\nauthorityKeyIdentifier = keyid\n',
  );
  const args = ['ca', '-gencrl', '-config', 'conf', '-cert', join(gmc, 'authority.crt'), '-keyfile', join(gmc, 'authority.key')];
  execFileSync('openssl', [...args, '-out', 'list.crl'], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(join(directory, 'list.crl'));
}

interface Case {
  readonly title: string;
  readonly name: string;
  readonly compromise: boolean;
  readonly list: (directory: string) => Uint8Array;
  readonly invalid: boolean;
  /** What the hook and verify say; undefined where the commit is good. */
  readonly expected: RegExp | undefined;
}

const CASES = REASONS.flatMap(([name, number, theirs, compromise]) =>
  WHEN.map(([when, revokedIn, invalidIn, ofCompromise, ofOthers]): Case => {
    const canSay = theirs !== undefined && (invalidIn === undefined || compromise);
    const list = (directory: string) => {
      const [revoked, invalid] = [hours(revokedIn), invalidIn === undefined ? undefined : hours(invalidIn)];
      return canSay ? byOpenssl(directory, theirs, revoked, invalid) : byHand(number, revoked, invalid);
    };
    const title = `${name}, ${when}, ${canSay ? 'by openssl' : 'by hand'}`;
    return { title, name, compromise, list, invalid: invalidIn !== undefined, expected: compromise ? ofCompromise : ofOthers };
  }),
);

function byHand(reason: number, revoked: Date, invalid: Date | undefined): Uint8Array {
  const entry = { holder: jane as unknown as Holder, date: revoked.toISOString(), reason };
  const entries = [invalid === undefined ? entry : { ...entry, invalidity: invalid.toISOString() }];
  return makeList({ issuer, from: new Date().toISOString(), to: hours(700).toISOString(), entries });
}

t.test('the hook and verify say the same, and what FORMAT says', { ...needsProgram('openssl', 'openssl'), timeout: 600_000 }, async (t) => {
  const { directory, host, client, tips, record } = await pushedRecord(t, people);
  const paths = hostPaths(host.directory);
  writeFileSync(paths.policy, `${readFileSync(paths.policy, 'utf8')}crls: [gmc.crl]\n`);
  const journal = shardedPath(paths.journal, RECORD_ID, '.jsonl');
  let main = tips.at(-1) ?? '';

  /** The host's journal, with a line for a commit that came past the hook, as if it had not. */
  function journalWith(id: string): string {
    const told = join(directory, 'told.jsonl');
    const lines = readFileSync(journal, 'utf8');
    const text = JSON.stringify({
      ...JSON.parse(lines.trim().split('\n').at(-1) ?? ''),
      time: new Date().toISOString(),
      old: main,
      new: id,
    });
    writeFileSync(told, `${lines}${text}\n`);
    return told;
  }

  for (const { title, name, compromise, list, invalid, expected } of CASES) {
    writeFileSync(join(host.directory, 'gmc.crl'), list(join(directory, 'openssl')));
    const [read] = loadHostPolicy(paths.policy).trust.crls[0]?.find(jane.certificate.serial) ?? [];
    t.match(read, { reason: name, invalidity: invalid ? Date : undefined }, title);

    const { objects, updates } = record.append().made();
    const id = updates[0]?.new ?? '';
    writeObjects(client, objects);
    const { status, stderr } = await pushFrom(client, [{ old: '', new: id, ref: 'refs/heads/main' }]);
    t.match({ status, stderr }, expected === undefined ? { status: 0 } : { status: 1, stderr: expected }, title);

    writeFileSync(join(client, 'refs/heads/main'), `${id}\n`);
    const look = { in: client, trust: trustOf(directory, host), range: `${main}..main` };
    const later = await verify({ ...look, journal: expected === undefined ? journal : journalWith(id) });
    const found = (later.record?.history?.verdict.problems ?? []).map(({ rule, message }) => `${rule}: ${message}`);
    t.equal(found.length, expected === undefined ? 0 : 1, `${title}: verify, with the journal`);
    t.match(found.join(), expected ?? '', title);
    t.equal(later.good, expected === undefined, title);
    const alone = await verify(look);
    const shown = [alone.good, alone.gaps.includes('cannot-be-shown')];
    t.strictSame(shown, [expected === undefined && !compromise, compromise], `${title}: verify, by the signer's word alone`);

    if (expected === undefined) main = id;
    if (expected === undefined) record.taken();
    else record.again();
  }
});

t.test('removeFromCRL stands in delta lists alone: a complete list with it stops every push', async (t) => {
  const { host } = await pushedRecord(t, people);
  const { policy } = hostPaths(host.directory);
  writeFileSync(policy, `${readFileSync(policy, 'utf8')}crls: [gmc.crl]\n`);
  const entries = [{ holder: jane as unknown as Holder, date: new Date().toISOString(), reason: 8 }];
  writeFileSync(join(host.directory, 'gmc.crl'), makeList({ issuer, entries, to: hours(700).toISOString() }));
  t.throws(() => loadHostPolicy(policy), { code: 'trust/faulty', message: /removeFromCRL, which stands only in delta lists/ });
});
