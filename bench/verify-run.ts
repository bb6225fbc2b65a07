/**
 * One run of `bench verify`, in a process of its own that can be given one
 * core: a bare loop over the signatures of a history, then the history. Prints
 * one line of JSON. Arguments: a repository, the people's directory, `bare` or
 * `whole`.
 */

import { type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentsOf } from '../src/format/commit-object.js';
import { readPolicy } from '../src/format/policy.js';
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

/** What a run measured. */
export interface VerifyRun {
  /** Microseconds of one `crypto.verify`. */
  readonly bare: number;
  /** Microseconds a commit, everything checked; NaN where it was not asked for. */
  readonly whole: number;
  readonly commits: number;
  /** Highest memory of the process, in MiB. */
  readonly memory: number;
}

/** So many signatures the bare loop checks. */
const BARE = 10_000;

const [, , repository = '', people = '', tip = '', policyFile = ''] = process.argv;
const policy = need(readPolicy(readFileSync(policyFile), KNOWN_RULES));
const trust = need(loadTrust(policy, (path) => readFileSync(join(people, path.replace('.crt', ''), 'authority.crt'))));

const bare = await bareLoop();
const began = process.hrtime.bigint();
const objects = openDirect(repository, gitEnvironment());
const report = await verifyHistory({
  objects,
  to: tip,
  policy,
  trust,
  record: { kind: 'coordination', id: RECORD_ID },
  at: new Date(),
});
await objects.close();
const microseconds = Number(process.hrtime.bigint() - began) / 1e3;
const { accepted, commits } = report.verdict;
if (!accepted || commits.judged !== commits.pushed || !report.whole) throw new Error(JSON.stringify(report.verdict.problems.slice(0, 3)));
const run: VerifyRun = {
  bare,
  whole: microseconds / commits.judged,
  commits: commits.judged,
  memory: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(run));

/** Microseconds a signature, of the newest commits, with keys that are at hand. */
async function bareLoop(): Promise<number> {
  const objects = openDirect(repository, gitEnvironment());
  const signatures: [payload: Uint8Array, signature: Uint8Array, key: KeyObject][] = [];
  for (let id: string | undefined = tip; id !== undefined && signatures.length < BARE; ) {
    const bytes: Uint8Array | undefined = (await objects.read(id))?.bytes;
    const split = bytes === undefined ? undefined : payloadOf(bytes);
    if (bytes === undefined || split === undefined || !('payload' in split)) throw new Error('a commit of the bench is signed');
    const signature = need(readSignature(split.gpgsig));
    const key = 'certificates' in signature && signature.certificates[0] !== undefined ? publicKeyOf(signature.certificates[0]) : undefined;
    if (key === undefined) throw new Error('a signature of the bench carries its certificate');
    signatures.push([split.payload, signature.signature, key]);
    id = parentsOf(bytes)[0];
  }
  await objects.close();
  const began = process.hrtime.bigint();
  for (const [payload, signature, key] of signatures) {
    if (!verify('sha256', payload, { key, dsaEncoding: 'ieee-p1363' }, signature)) throw new Error('a signature of the bench is good');
  }
  return Number(process.hrtime.bigint() - began) / 1e3 / signatures.length;
}
