/**
 * Histories that VPR's own program wrote: which commits are signed, by whom,
 * with which certificate or bare key, and why none of them is good as a whole.
 * What is expected is found by node's own X.509 and by git, not by this program.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { renderBundle, sealBundle } from '../../src/records/trust-bundle.js';
import type { CommitReport } from '../../src/verify/types.js';
import { gitLine, temporary } from '../e2e/support.js';
import { needsVectors, vectors } from '../trust/support/shared.js';
import { quiet, rulesIn, verify } from './support.js';

/** Half the order of P-256 (FIPS 186): s above it is "high". */
const HALF = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;

interface Person {
  readonly name: string;
  readonly auth: string;
  readonly num: string;
  readonly id: string;
  readonly cert: string;
}

let people: Person[] = [];

/** What must be said of a commit, by its signature as read by hand. */
function expected(signature: Container | undefined, author: string, trusted: boolean): Record<string, unknown> {
  if (signature === undefined) return { signature: 'none', encoding: undefined, certificate: undefined, key: undefined, trusted: false };
  const person = people.find(({ name }) => name === author) as Person;
  const certificate = new X509Certificate(readFileSync(vectors('vpr', 'certificates', person.cert)));
  const known = signature.certificate !== undefined || trusted;
  return {
    signature: signature.s > HALF ? 'faulty' : 'good',
    encoding: 'container',
    certificate: known ? sha256(certificate.raw) : undefined,
    key: known ? undefined : sha256(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    registrations: known ? [`${person.auth} ${person.num}`] : [],
    trusted: trusted && signature.s <= HALF,
    receivedBy: 'signer',
  };
}

/** Why a coordination record of the program is not good. Every commit removes what it did not write; commit messages lack their last newline. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'signed-with-certificate': ['commit/message', 'commit/signature', 'record/no-removal', 'tree/layout'],
  'signed-key-only': ['commit/message', 'commit/signature', 'record/no-removal', 'tree/layout'],
  unsigned: ['commit/message', 'commit/signature', 'record/no-removal', 'tree/layout'],
  // That half of a thread is missing is said once, as what is removed.
  dashes: ['commit/message', 'commit/signature', 'record/no-removal'],
  // Each of its commits writes both files of its one thread.
  long: ['commit/message', 'commit/signature', 'record/no-removal'],
  pieces: ['commit/message', 'commit/signature'],
};

t.test("every history of VPR's own program", needsVectors('vpr'), async (t) => {
  const directory = temporary(t);
  quiet(directory);
  const facts = JSON.parse(readFileSync(vectors('vpr', 'records.json'), 'utf8')) as {
    people: Person[];
    records: Record<string, string | number>[];
  };
  people = facts.people;
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, trustInAll());

  for (const name of readdirSync(vectors('vpr')).filter((name) => name.endsWith('.bundle'))) {
    t.test(name, async (t) => {
      const [record = '', kind = ''] = name.split('.');
      const known = facts.records.find((one) => one['name'] === record) ?? {};
      const bundle = vectors('vpr', name);
      await gitLine(directory, 'clone', '--quiet', '--bare', bundle, name);
      const log = await gitLine(join(directory, name), 'log', '--reverse', '--format=%H %an', 'main');
      const authors = log.split('\n').map((line) => [line.slice(0, 40), line.slice(41)] as const);
      t.equal(authors.length, known[`${kind}_commits`]);

      for (const trusted of [false, true]) {
        const commits = join(directory, 'commits.jsonl');
        const found = await verify({ in: bundle, commits, ...(trusted ? { trust } : {}) });
        const said = readFileSync(commits, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as CommitReport);
        t.same(
          said.map(({ commit }) => commit),
          authors.map(([id]) => id),
          'every commit, in order',
        );
        t.equal(found.good, false);
        t.equal(found.record?.record.kind, kind);
        if (kind === 'coordination') t.equal(found.record?.record.id?.replaceAll('-', ''), known['coordination']);
        for (const [index, [id, author]] of authors.entries()) {
          t.match(said[index], expected(await containerOf(join(directory, name), id), author, trusted));
        }
        const highS = said.some(({ signature }) => signature === 'faulty');
        const unsigned = said.some(({ signature }) => signature === 'none');
        t.equal(found.record?.history?.counts.signed, said.filter(({ signature }) => signature !== 'none').length);
        t.equal(rulesIn(found).includes('commit/signature'), highS || unsigned, 'high-S, or not signed');
        hasReasons(t, kind, record, trusted, rulesIn(found));
        t.equal(found.gaps.includes('no-trust'), !trusted);
      }
    });
  }
});

/** Each of them trusted by their own certificate. */
function trustInAll(): string {
  const entries = people.map(
    ({ cert, auth, id }) => `  - { file: ${cert}, authorities: [{ name: ${auth}, class: clinician }], participant_id: ${id} }\n`,
  );
  const files = Object.fromEntries(people.map(({ cert }) => [cert, readFileSync(vectors('vpr', 'certificates', cert), 'latin1')]));
  return renderBundle(
    sealBundle({ format: 'vpr-trust/1', policy: `version: 1\ncertificates:\n${entries.join('')}`, files, baselines: {} }),
  );
}

/** What can be said only where the signers are known: a clinician wrote a message in the system's name. */
const WHERE_TRUSTED: Readonly<Record<string, readonly string[]>> = { 'signed-key-only': ['thread/author'] };

function hasReasons(t: Test, kind: string, record: string, trusted: boolean, rules: readonly string[]): void {
  if (kind !== 'coordination') t.ok(rules.includes('record/registered'), 'there are no rules yet for its kind');
  else t.same(rules, [...(REASONS[record] ?? []), ...(trusted ? (WHERE_TRUSTED[record] ?? []) : [])].sort());
}

interface Container {
  readonly s: bigint;
  readonly certificate?: string;
}

/** What a commit's gpgsig holds, read by hand. */
async function containerOf(repository: string, id: string): Promise<Container | undefined> {
  const text = await gitLine(repository, 'cat-file', 'commit', id);
  const header = /^gpgsig ((?:.*\n )*.*)$/m.exec(text.split('\n\n')[0] ?? '')?.[1];
  if (header === undefined) return undefined;
  const { signature, certificate } = JSON.parse(Buffer.from(header.replaceAll('\n ', ''), 'base64').toString('utf8'));
  return { s: BigInt(`0x${Buffer.from(signature, 'base64').subarray(32).toString('hex')}`), certificate };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
