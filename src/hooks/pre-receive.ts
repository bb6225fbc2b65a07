/**
 * The program behind the launcher `hooks/pre-receive`: says yes only where every
 * rule is content and the journal is on the disk. Whatever else happens, it
 * refuses and says why.
 *
 * Loaded by `hooks/start.cjs`, in the repository where there is no resident
 * validator to ask (`judge`), or to be one (`serve`).
 */
import { writeSync } from 'node:fs';
import { hostPaths } from '../hosts/paths.js';
import { type Judged, judgePush, readHanded, refusalOf, tookTooLong } from './judge-push.js';
import { type HostPolicy, loadHostPolicy } from './receive-policy.js';
import type { ResidentOptions } from './resident.js';

/** The exit code that the launcher takes for a yes, and no other: a process that merely ends, ends with 0. */
const ACCEPTED = 100;
const REFUSED = 1;
const STDERR = 2;

/** A push as `hooks/start.cjs` hands it on. */
interface Started {
  readonly host: string;
  readonly program: string;
  readonly input: Uint8Array;
  /** Path of `start.cjs`, where a resident validator would be of use but is not there. */
  readonly start?: string;
}

/** Judges a push in this process, and ends it. */
export function judge(started: Started): void {
  process.on('uncaughtException', refuse);
  process.on('unhandledRejection', refuse);
  judgeHere(started).catch(refuse);
}

/** Judges pushes for the hooks of a host, until nobody needs it any more. */
export async function serve(options: ResidentOptions): Promise<void> {
  const { serveResident } = await import('./resident.js');
  serveResident(options);
}

async function judgeHere({ host, program, input, start }: Started): Promise<void> {
  const handed = { host, program, input, environment: process.env, directory: process.cwd(), at: new Date() };
  const push = readHanded(handed, () => loadHostPolicy(hostPaths(host).policy));
  const { policy } = push;
  setTimeout(() => refuse(tookTooLong(policy)), policy.policy.limits.seconds * 1000);
  const judged = await judgePush(push);
  say(judged);
  if (judged.accepted && start !== undefined) await leaveResident(policy, start, host);
  process.exit(judged.accepted ? ACCEPTED : REFUSED);
}

/** The next push is faster where there is a resident validator; where none can be started, nothing else is different. */
async function leaveResident({ policy }: HostPolicy, start: string, host: string): Promise<void> {
  if (policy.residentMinutes === 0) return;
  const { startResident } = await import('./resident-start.js');
  startResident(start, host);
}

/** Ends the hook with a refusal, once and for all. */
function refuse(error: unknown): never {
  try {
    say(refusalOf(error));
  } finally {
    process.exit(REFUSED);
  }
}

/** To the pusher's screen. Written through: nothing is lost when the process ends right after. */
function say({ text }: Judged): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(STDERR, bytes, at);
}
