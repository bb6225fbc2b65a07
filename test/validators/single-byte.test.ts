/**
 * No byte of a signed commit can be changed without the host noticing: not in
 * what is signed, not in the signature, not in the certificates that come with
 * it, not in how any of them is written down.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { keepSigned } from '../support/signed.js';
import type { Tries, Work } from './single-byte-tries.js';

/** Tries in a thread: the two go side by side, and without tap, which would watch over each of a million promises. */
async function triesOf(work: Work): Promise<Tries> {
  const worker = new Worker(new URL('single-byte-tries.js', import.meta.url), { workerData: work });
  const [tries] = await once(worker, 'message');
  return tries as Tries;
}

t.jobs = 2;
for (const [index, encoding] of (['cms', 'container'] as const).entries()) {
  t.test(encoding, { buffered: true }, async (t) => {
    const { asItIs, commit, length, tried, changed, resized } = await triesOf({ encoding, seed: index + 1 });
    keepSigned(commit); // a thread's own are not asked about
    t.equal(asItIs, true, 'as it is, it is taken');
    t.ok(tried > 1.9 * length, `${tried} changes of ${length} bytes`);
    t.strictSame(changed, [], 'with any byte changed, it is not');
    t.strictSame(resized, [], 'nor with a byte more, or less');
  });
}
