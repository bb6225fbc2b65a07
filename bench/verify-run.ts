/**
 * One measurement of `bench verify`, in a process of its own that can be given
 * one core. Prints one line of JSON. Arguments: `loops` (over signatures alone,
 * and over the least that a history can cost) or `whole`, a repository, the
 * people's directory, the history's tip, a policy file.
 */

import { spawnSync } from 'node:child_process';
import { type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicy } from '../src/format/policy.js';
import type { ObjectId } from '../src/format/push.js';
import type { ObjectReader } from '../src/git/cat-file.js';
import { openDirect } from '../src/git/direct.js';
import { gitEnvironment } from '../src/git/env.js';
import { publicKeyOf } from '../src/trust/certificate/key.js';
import { payloadOf } from '../src/trust/payload.js';
import { readSignature } from '../src/trust/signature/read.js';
import { loadTrust } from '../src/trust/store.js';
import { KNOWN_RULES } from '../src/validators/rules.js';
import { verifyHistory } from '../src/verify/history.js';
import { need } from '../test/support/people.js';
import { RECORD_ID } from '../test/support/texts.js';
import { doLeast, type Least, leastOf, storedIn } from './verify-floor.js';

/** What is measured with everything at hand, in microseconds a commit. */
export interface Loops {
  /** One `crypto.verify`. */
  readonly bare: number;
  /** The same, and inflating and hashing what the commit brings: see verify-floor.ts. */
  readonly least: number;
}

/** What verifying took. */
export interface Whole {
  /** Microseconds a commit, everything checked. */
  readonly whole: number;
  readonly commits: number;
  /** Highest memory of the process, in MiB. */
  readonly memory: number;
}

/** So many commits, spread evenly over the history, are what both loops are measured with. */
const SAMPLE = 10_000;

const [, , what = '', repository = '', people = '', tip = '', policyFile = ''] = process.argv;
console.log(JSON.stringify(what === 'loops' ? await loops() : await whole()));

async function whole(): Promise<Whole> {
  const policy = need(readPolicy(readFileSync(policyFile), KNOWN_RULES));
  const trust = need(loadTrust(policy, (path) => readFileSync(join(people, path.replace('.crt', ''), 'authority.crt'))));
  const began = process.hrtime.bigint();
  const objects = openDirect(repository, gitEnvironment());
  const record = { kind: 'coordination', id: RECORD_ID } as const;
  const report = await verifyHistory({ objects, to: tip, policy, trust, record, at: new Date() });
  await objects.close();
  const microseconds = Number(process.hrtime.bigint() - began) / 1e3;
  const { accepted, commits, problems } = report.verdict;
  if (!accepted || commits.judged !== commits.pushed || !report.whole) throw new Error(JSON.stringify(problems.slice(0, 3)));
  return { whole: microseconds / commits.judged, commits: commits.judged, memory: process.resourceUsage().maxRSS / 1024 };
}

interface Sampled {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: KeyObject;
  readonly least: Least;
}

async function loops(): Promise<Loops> {
  const { stdout } = spawnSync('git', ['-C', repository, 'rev-list', tip], { encoding: 'latin1', maxBuffer: 2 ** 30 });
  const ids = stdout.trim().split('\n');
  const step = Math.max(1, Math.floor(ids.length / SAMPLE));
  const objects = openDirect(repository, gitEnvironment());
  const storedOf = storedIn(repository);
  const sample: Sampled[] = [];
  for (const id of ids.reverse().filter((_, index) => index % step === 0)) sample.push(await sampled(objects, storedOf, id));
  await objects.close();
  // Each once before it counts.
  for (const one of sample.slice(0, 1000)) {
    check(one);
    doLeast(one.least);
  }
  return {
    bare: microsecondsOf(sample, check),
    least: microsecondsOf(sample, (one) => {
      doLeast(one.least);
      check(one);
    }),
  };
}

async function sampled(objects: ObjectReader, storedOf: ReturnType<typeof storedIn>, id: ObjectId): Promise<Sampled> {
  const bytes = (await objects.read(id))?.bytes;
  const split = bytes === undefined ? undefined : payloadOf(bytes);
  if (split === undefined || !('payload' in split)) throw new Error('a commit of the bench is signed');
  const { signature, ...signed } = need(readSignature(split.gpgsig));
  const key = 'certificates' in signed && signed.certificates[0] !== undefined ? publicKeyOf(signed.certificates[0]) : undefined;
  if (key === undefined) throw new Error('a signature of the bench carries its certificate');
  return { payload: split.payload, signature, key, least: await leastOf(objects, storedOf, id) };
}

function check({ payload, key, signature }: Sampled): void {
  if (!verify('sha256', payload, { key, dsaEncoding: 'ieee-p1363' }, signature)) throw new Error('a signature of the bench is good');
}

function microsecondsOf(sample: readonly Sampled[], work: (one: Sampled) => void): number {
  const began = process.hrtime.bigint();
  for (const one of sample) work(one);
  return Number(process.hrtime.bigint() - began) / 1e3 / sample.length;
}
