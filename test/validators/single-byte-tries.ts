/** The work of single-byte.test.ts: commits with a byte changed, more or less, judged one after the other in a thread of their own. */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { GitObject } from '../../src/format/push.js';
import { payloadOf } from '../../src/trust/payload.js';
import { signPayload } from '../../src/trust/sign.js';
import { isAccepted } from '../support/accepted.js';
import { withSignature } from '../support/objects.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { type MadePush, scenario } from '../support/scenario.js';

/** Of so many positions all 255 other values are tried; of every position, one of these changes in turn, and one of chance. */
const EXHAUSTED = 2;
const FLIPS = [0x01, 0x20];

export interface Work {
  readonly encoding: 'cms' | 'container';
  readonly seed: number;
}

export interface Tries {
  /** Whether the commit is taken as it is. */
  readonly asItIs: boolean;
  readonly commit: Uint8Array;
  /** Bytes of the commit, and how many changes of one were tried. */
  readonly length: number;
  readonly tried: number;
  /** Changes of a byte that were taken, in words. */
  readonly changed: readonly string[];
  /** The same of a byte more, or less. */
  readonly resized: readonly string[];
}

const people = await makePeople();
const { encoding, seed } = workerData as Work;
const random = seeded(seed);

/** A push of one commit whose signature is in the encoding. */
function push(): { made: MadePush; commit: Buffer } {
  const made = scenario(people)
    .commit({ files: { '.gitignore': 'files/\n' } })
    .made();
  const stored = made.objects.get(made.updates[0]?.new ?? '')?.bytes ?? Buffer.alloc(0);
  const split = payloadOf(stored);
  if (!('payload' in split)) throw new Error('the example has a signature');
  const payload = Buffer.from(split.payload);
  const { key, certificate } = people.people.jane;
  return {
    made,
    commit: Buffer.from(withSignature(payload.toString('latin1'), signPayload(payload, key, [certificate], encoding)), 'latin1'),
  };
}

/** Whether a host takes the push with these bytes as its commit. */
function taken({ objects, updates }: MadePush, commit: Buffer): Promise<boolean> {
  const id = createHash('sha1').update(`commit ${commit.length}\0`).update(commit).digest('hex');
  const fresh: GitObject = { type: 'commit', bytes: commit };
  const update = { old: updates[0]?.old ?? '', new: id, ref: 'refs/heads/main' };
  return isAccepted(people, update, (wanted) => (wanted === id ? fresh : objects.get(wanted)));
}

async function tries(): Promise<Tries> {
  const { made, commit } = push();
  const asItIs = await taken(made, commit);
  const changed: string[] = [];
  let tried = 0;
  const change = async (position: number, value: number) => {
    if (commit[position] === value) return;
    const other = Buffer.from(commit);
    other[position] = value;
    tried += 1;
    if (await taken(made, other)) changed.push(`byte ${position}: ${commit[position]} became ${value}`);
  };
  for (const [position, byte] of commit.entries()) {
    await change(position, byte ^ (FLIPS[position % FLIPS.length] ?? 1));
    await change(position, random.int(256));
  }
  for (let count = 0; count < EXHAUSTED; count += 1) {
    const position = random.int(commit.length);
    for (let value = 0; value < 256; value += 1) await change(position, value);
  }
  const resized: string[] = [];
  for (const position of commit.keys()) {
    const [before, after] = [commit.subarray(0, position), commit.subarray(position)];
    const isLonger = position % 2 === 0;
    const more = Buffer.from(isLonger ? [random.pick([0x0a, 0x20, 0x3d, 0x41])] : []);
    const other = Buffer.concat([before, more, isLonger ? after : after.subarray(1)]);
    if (await taken(made, other)) resized.push(isLonger ? `with one more at ${position}` : `without byte ${position}`);
  }
  return { asItIs, commit, length: commit.length, tried, changed, resized };
}

parentPort?.postMessage(await tries());
