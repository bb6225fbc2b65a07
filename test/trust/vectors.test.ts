import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import t from 'tap';
import { readCertificate } from '../../src/trust/certificate/read.js';
import { payloadOf } from '../../src/trust/payload.js';
import { readSignature, renderSignature } from '../../src/trust/signature/read.js';
import type { Trust } from '../../src/trust/types.js';
import { verifyCommit } from '../../src/trust/verify.js';
import { isGood, messages, trustOf } from './support/commits.js';
import { needsVectors, vectors } from './support/shared.js';

/** All commits of a bundle, as stored. */
function commitsOf(bundle: string, directory: string): Buffer[] {
  const repository = join(directory, basename(bundle));
  const env = { PATH: process.env['PATH'], HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (input: string, ...args: string[]) => execFileSync('git', args, { env, input, stdio: ['pipe', 'pipe', 'ignore'] });
  git('', 'clone', '--quiet', '--bare', bundle, repository);
  const all = git(git('', '-C', repository, 'rev-list', '--all').toString(), '-C', repository, 'cat-file', '--batch');
  const commits: Buffer[] = [];
  for (let at = 0; at < all.length; ) {
    const start = all.indexOf('\n', at) + 1;
    const end = start + Number(all.subarray(at, start).toString().split(' ')[2]);
    commits.push(all.subarray(start, end));
    at = end + 1;
  }
  return commits;
}

/** The people of the vectors, each trusted by their own certificate. */
function trustInAll(): Trust {
  const listed = readdirSync(vectors('vpr', 'certificates'))
    .filter((name) => name.endsWith('.crt'))
    .map((name) => {
      const reading = readCertificate(readFileSync(vectors('vpr', 'certificates', name)));
      if (!reading.ok) throw new Error(`${name}: ${reading.faults[0]?.message}`);
      return { certificate: reading.value, authorities: [{ name: reading.value.subject.o[0] ?? '', class: 'clinician' as const }] };
    });
  return trustOf({ listed });
}

t.test("every signature of VPR's own program verifies", needsVectors('vpr'), (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-vectors-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const trust = trustInAll();
  const counts = { signed: 0, highS: 0, unsigned: 0, good: 0 };
  for (const name of readdirSync(vectors('vpr')).filter((name) => name.endsWith('.bundle'))) {
    for (const bytes of commitsOf(vectors('vpr', name), directory)) {
      const split = payloadOf(bytes);
      if (!('payload' in split)) {
        t.equal(split.message, 'the commit is not signed');
        t.match(name, /^unsigned\./);
        counts.unsigned++;
        continue;
      }
      counts.signed++;
      const reading = readSignature(split.gpgsig);
      if (!reading.ok || renderSignature(reading.value) !== split.gpgsig) t.fail(`${name}: not canonical`);
      const seconds = Number(/^committer .* (\d+) \+0000$/m.exec(split.payload.toString())?.[1]);
      const at = new Date(seconds * 1000);
      const takenOver = verifyCommit(bytes, trust, at, { takenOver: true });
      if (!isGood(takenOver)) t.fail(`${name}: ${messages(takenOver).join('; ')}`);
      const strict = verifyCommit(bytes, trust, at);
      if (isGood(strict)) counts.good++;
      else if (/high-S/.test(messages(strict).join()) && messages(strict).length === 1) counts.highS++;
      t.equal(verifyCommit(bytes, trustOf({}), at, { takenOver: true }).signer, undefined);
      t.same(messages(verifyCommit(bytes, undefined, at, { takenOver: true })), []);
    }
  }
  t.match(counts, { signed: 131, highS: 63, good: 131 - 63 });
  t.ok(counts.unsigned > 0);
  t.end();
});
