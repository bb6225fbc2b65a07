/**
 * The program behind the launcher `hooks/pre-receive`: reads what git hands to
 * a pre-receive hook and says yes only where every rule is content and the
 * journal is on the disk. Whatever else happens, it refuses and says why.
 *
 * Started by `hooks/start.cjs` with the host's directory and the program's own
 * digest, in the repository.
 */
import { readSync, writeSync } from 'node:fs';
import { VprError } from '../errors.js';
import { printable } from '../format/text.js';
import { openDirect } from '../git/direct.js';
import { MAX_UPDATE_BYTES, parseRefUpdates } from '../git/updates.js';
import { codeOf } from '../hosts/files.js';
import { hostPaths } from '../hosts/paths.js';
import { reportText } from '../validators/report.js';
import { receive } from './receive.js';
import { pushObjects } from './receive-objects.js';
import { loadHostPolicy } from './receive-policy.js';

/** The exit code that the launcher takes for a yes, and no other: a process that merely ends, ends with 0. */
const ACCEPTED = 100;
const REFUSED = 1;
const STDIN = 0;
const CHUNK = 4096;
const STDERR = 2;
/** Longest line of an error that a pusher sees. */
const LINE = 1000;

process.on('uncaughtException', refuse);
process.on('unhandledRejection', refuse);
main().catch(refuse);

async function main(): Promise<void> {
  const at = new Date();
  const [, , host, program] = process.argv;
  if (host === undefined || program === undefined) throw new VprError('receive/usage', 'the hook does not say which host it is of');
  const updates = parseRefUpdates(readInput());
  if (!updates.ok) throw new VprError('receive/input', updates.faults[0]?.message ?? '', { help: updates.faults[0]?.help ?? [] });
  const { repository, environment } = pushObjects(process.env);
  const policy = loadHostPolicy(hostPaths(host).policy);
  const { seconds, threadBytes, yamlBytes, treeBytes, commitBytes } = policy.policy.limits;
  setTimeout(() => refuse(new VprError('receive/timeout', `checking took longer than ${seconds} seconds`)), seconds * 1000);
  // Nothing larger is ever judged: it isn't brought into memory either.
  const objects = openDirect(repository, environment, { largest: Math.max(threadBytes, yamlBytes, treeBytes, commitBytes) });
  const verdict = await receive({ host, repository, objects, updates: updates.value, policy, at, program });
  say(reportText(verdict));
  process.exit(verdict.accepted ? ACCEPTED : REFUSED);
}

/** All of standard input; no more than a little beyond what may be in it. */
function readInput(): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length <= MAX_UPDATE_BYTES) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSync(STDIN, chunk);
    if (read === 0) break;
    chunks.push(chunk.subarray(0, read));
    length += read;
  }
  return Buffer.concat(chunks);
}

/** Ends the hook with a refusal, once and for all. */
function refuse(error: unknown): never {
  const known = error instanceof VprError;
  const code = known ? error.code : (codeOf(error) ?? 'internal');
  const message = known ? error.message : 'an unexpected failure';
  try {
    say([
      `refused: the host could not check this push (${code}): ${message}`,
      ...(known ? error.help : []).map((line) => `  help: ${line}`),
      '  help: nothing was changed; if pushing again does not help, tell your administrator (vpr doctor, on the host)',
    ]);
  } finally {
    process.exit(REFUSED);
  }
}

/** To the pusher's screen. Written through: nothing is lost when the process ends right after. */
function say(lines: readonly string[]): void {
  const bytes = Buffer.from(lines.map((line) => `${printable(line, LINE)}\n`).join(''));
  for (let at = 0; at < bytes.length; ) at += writeSync(STDERR, bytes, at);
}
