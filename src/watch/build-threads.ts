/**
 * Records read and made into rows by several threads, while this one stores them. They come
 * in the order of their ids, and no more of them is in memory than threads have handed on.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { VprError } from '../errors.js';
import type { Uuid } from '../format/identifiers.js';
import { packageFile } from '../hosts/package.js';
import type { HostPaths } from '../hosts/paths.js';
import { registeredRecords } from '../hosts/registry.js';
import type { PreparedRecord } from '../projections/many.js';
import type { PreparedAdvance } from '../projections/project.js';

export type ToThread = { readonly kind: 'record'; readonly id: Uuid } | { readonly kind: 'taken'; readonly share: number };
export type FromThread =
  | { readonly kind: 'advance'; readonly advance: PreparedAdvance }
  | { readonly kind: 'end'; readonly failed?: { readonly code: string; readonly why: string } };

/** A record that a thread was given. */
interface Reading {
  readonly thread: Thread;
  readonly advances: PreparedAdvance[];
  ended?: { readonly failed?: { readonly code: string; readonly why: string } };
  wake(): void;
}

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not ended, in that order. */
  readonly readings: Reading[];
  gone: boolean;
}

/** A thread that ends takes with it what it was given: that is projected later, one by one. */
const GONE = { failed: { code: 'watch/thread', why: 'the thread that was to read it has ended' } };

/** Records that each thread is given ahead: of small ones it makes many while this one stores a few thousand commits. */
const AHEAD = 64;

export async function* preparedByThreads(paths: HostPaths, count: number): AsyncGenerator<PreparedRecord> {
  const threads = Array.from({ length: count }, () => start(paths));
  const given: PreparedRecord[] = [];
  try {
    for (const record of registeredRecords(paths.root, () => {})) {
      const thread = threads.filter(({ gone }) => !gone).reduce(lessBusy, threads[0] as Thread);
      given.push({ record, now: new Date(), advances: advancesOf(give(thread, record.id)) });
      const next = given.length < count * AHEAD ? undefined : given.shift();
      if (next !== undefined) yield next;
    }
    yield* given;
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

function lessBusy(one: Thread, other: Thread): Thread {
  return one.gone || other.readings.length < one.readings.length ? other : one;
}

function start(paths: HostPaths): Thread {
  const bundled = packageFile('dist/bundle/cli/watch/build-worker.js');
  const worker = new Worker(existsSync(bundled) ? bundled : packageFile('dist/src/watch/build-worker.js'), { workerData: { paths } });
  const readings: Reading[] = [];
  const thread: Thread = { worker, readings, gone: false };
  worker.on('message', (message: FromThread) => {
    const [reading] = readings;
    if (message.kind === 'advance') reading?.advances.push(message.advance);
    else end(readings.shift(), message);
    reading?.wake();
  });
  worker.on('error', () => {}); // it ends with it
  worker.on('exit', () => {
    thread.gone = true;
    for (const reading of readings.splice(0)) end(reading, GONE);
  });
  return thread;
}

function end(reading: Reading | undefined, { failed }: NonNullable<Reading['ended']>): void {
  if (reading === undefined) return;
  reading.ended = failed === undefined ? {} : { failed };
  reading.wake();
}

function give(thread: Thread, id: Uuid): Reading {
  const reading: Reading = { thread, advances: [], wake: () => {} };
  if (thread.gone) end(reading, GONE);
  else {
    thread.readings.push(reading);
    post(thread, { kind: 'record', id });
  }
  return reading;
}

async function* advancesOf(reading: Reading): AsyncGenerator<PreparedAdvance> {
  for (;;) {
    const advance = reading.advances.shift();
    if (advance !== undefined) {
      post(reading.thread, { kind: 'taken', share: advance.share });
      yield advance;
    } else if (reading.ended !== undefined) {
      const { failed } = reading.ended;
      if (failed !== undefined) throw new VprError(failed.code, failed.why);
      return;
    } else {
      await new Promise<void>((resolve) => {
        reading.wake = resolve;
      });
    }
  }
}

function post({ worker }: Thread, message: ToThread): void {
  worker.postMessage(message);
}
