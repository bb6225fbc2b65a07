/** A thread of a build: reads one record after the other, and hands on what is to be stored of it. See `build-threads.ts`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { policyMemory } from '../hooks/receive-policy.js';
import type { HostPaths } from '../hosts/paths.js';
import type { FromThread, ToThread } from './build-threads.js';
import { errorFields } from './log.js';
import { prepare } from './prepare.js';

/** Shares of a largest step that are handed on before any of it was taken. */
const AHEAD = 4;

const { paths } = workerData as { readonly paths: HostPaths };
const host = { paths, policy: policyMemory(paths.policy) };
const port = parentPort as MessagePort;
let room = AHEAD;
let wake = () => {};
let working = Promise.resolve();

port.on('message', (message: ToThread) => {
  if (message.kind === 'taken') {
    room += message.share;
    wake();
  } else working = working.then(() => read(message.id));
});

async function read(id: string): Promise<void> {
  try {
    for await (const advance of prepare(host, id)) {
      while (room <= 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      room -= advance.share;
      say({ kind: 'advance', advance });
    }
    say({ kind: 'end' });
  } catch (error) {
    say({ kind: 'end', failed: errorFields(error) });
  }
}

function say(message: FromThread): void {
  port.postMessage(message);
}
