/**
 * The resident validator of a host: judges pushes for the host's hooks, which
 * would each have to load the program first. It is an accelerator and nothing
 * else (docs/resident-validator.md): hooks judge themselves wherever it is
 * not there, is busy, or does not answer. So it ends whenever anything is odd.
 */
import { lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { VprError } from '../errors.js';
import { hostPaths } from '../hosts/paths.js';
import { recordOf } from '../hosts/registry.js';
import { judgePush, readHanded, refusalOf, tookTooLong } from './judge-push.js';
import { type HostPolicy, policyMemory } from './receive-policy.js';
import { answerLine, DECLINED, judgingLine, type ResidentRequest, readRequest } from './resident-request.js';

/** What `hooks/start.cjs` knows of the process it is in. */
export interface ResidentOptions {
  /** The host's directory. */
  readonly host: string;
  /** SHA-256 of the program, in hex. */
  readonly program: string;
  readonly programFile: string;
  /** Which file the program was, before it was read. */
  readonly identity: string;
  readonly identify: (path: string) => string;
  readonly surroundings: string;
  /** Path of the socket; undefined where its directory could be another account's. */
  readonly place: string | undefined;
}

const LARGEST_REQUEST = 8 * 1024 * 1024;
/** Milliseconds. */
const SLOWEST_HOOK = 2000;
const PULSE_EVERY = 500;
const LOOK_EVERY = 1000;
const MOST_CONNECTIONS = 64;
/** With more memory than this, in bytes, a new process is the better one. */
const MOST_MEMORY = 512 * 1024 * 1024;

/** Listens, until no push has come for as long as `vpr.yaml` says, or anything is not as it was. */
export function serveResident({ host, program, programFile, identity, identify, surroundings, place }: ResidentOptions): void {
  process.on('uncaughtException', () => process.exit(1));
  process.on('unhandledRejection', () => process.exit(1));
  if (place === undefined) return;
  const socketPath = place;
  const policyFile = hostPaths(host).policy;
  const policyIdentity = identify(policyFile);
  const files = [programFile, policyFile, process.execPath];
  const stamps = files.map(stampOf);
  const readPolicy = policyMemory(policyFile);
  const { residentMinutes } = readPolicy().policy;
  let busy = false;
  let own: bigint | undefined;
  let lastPush = performance.now();

  const server = createServer((socket) => {
    socket.on('error', () => {}); // a hook that was killed
    if (busy || !isCurrent()) {
      socket.end(DECLINED);
      return;
    }
    busy = true;
    void attend(socket).then(() => {
      busy = false;
      leaveIfDone();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const temporary = join(dirname(socketPath), `.${process.pid}.sock`);
  server.listen(temporary, () => {
    own = lstatSync(temporary, { bigint: true }).ino;
    renameSync(temporary, socketPath); // of two that start at the same time the later one is found, and the other sees it
    for (const name of readdirSync(dirname(socketPath))) {
      if (name.endsWith('.sock') && name !== basename(socketPath)) rmSync(join(dirname(socketPath), name), { force: true });
    }
    setInterval(leaveIfDone, LOOK_EVERY);
  });

  /** Whether hooks find this process, and would run the same program, in the same Node, by the same policy. */
  function isCurrent(): boolean {
    try {
      if (lstatSync(socketPath, { bigint: true }).ino !== own || identify(programFile) !== identity) return false;
      return files.every((file, index) => stampOf(file) === stamps[index]);
    } catch {
      return false;
    }
  }

  function leaveIfDone(): void {
    if (busy) return;
    const current = isCurrent();
    if (current && performance.now() - lastPush < residentMinutes * 60_000 && process.memoryUsage.rss() < MOST_MEMORY) return;
    if (current) rmSync(socketPath, { force: true });
    process.exit(0);
  }

  async function attend(socket: Socket): Promise<void> {
    const line = await readLine(socket);
    const request = line === undefined ? undefined : readRequest(line);
    const same = request?.program === identity && request.policy === policyIdentity && request.surroundings === surroundings;
    if (request === undefined || !same) return endWith(socket, DECLINED);
    lastPush = performance.now();
    await endWith(socket, await answerTo(request, socket));
  }

  async function answerTo(request: ResidentRequest, socket: Socket): Promise<string> {
    const { environment, directory, input } = request;
    const handed = { host, program, environment, directory, input, at: new Date() };
    let pulse: NodeJS.Timeout | undefined;
    let limit: NodeJS.Timeout | undefined;
    try {
      const push = readHanded(handed, readPolicy);
      if (recordOf(host, push.repository) === undefined) return DECLINED;
      const { seconds } = push.policy.policy.limits;
      pulse = setInterval(() => socket.writableEnded || socket.write(judgingLine(seconds)), PULSE_EVERY);
      limit = setTimeout(() => endLate(request, push.policy, socket), seconds * 1000);
      return answerLine(request, await judgePush(push, () => stillAsked(socket)));
    } catch (error) {
      if (!(error instanceof VprError)) throw error; // not known what it was: the hook judges, and this process ends
      return answerLine(request, refusalOf(error));
    } finally {
      clearInterval(pulse);
      clearTimeout(limit);
    }
  }
}

/** Changes whenever a file is written to or replaced. */
function stampOf(file: string): string {
  const { dev, ino, size, ctimeNs } = statSync(file, { bigint: true });
  return [dev, ino, size, ctimeNs].join(' ');
}

/** Says the last thing to a hook; whether the hook reads it or not, soon it is over. */
async function endWith(socket: Socket, text: string): Promise<void> {
  const late = setTimeout(() => socket.destroy(), SLOWEST_HOOK);
  await new Promise<void>((resolve) => socket.once('close', () => resolve()).end(text, () => resolve()));
  clearTimeout(late);
}

/** What takes too long goes on in here, and cannot be ended but with the process. */
function endLate(request: ResidentRequest, policy: HostPolicy, socket: Socket): void {
  void endWith(socket, answerLine(request, refusalOf(tookTooLong(policy)))).finally(() => process.exit(1));
}

/** Throws where the hook has gone: what it was told, or did since, this process doesn't know. */
async function stillAsked(socket: Socket): Promise<void> {
  // Two turns of the event loop, so that it is looked at in between: this process may have been stopped for an hour.
  for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
  if (socket.readableEnded || socket.destroyed) throw new VprError('resident/abandoned', 'nobody waits for this verdict');
}

/** The first line that comes; undefined where it comes too slowly, is too long, or doesn't come. */
function readLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const late = setTimeout(finish, SLOWEST_HOOK, undefined);
    let chunks: string[] = [];
    let length = 0;
    function finish(line: string | undefined): void {
      clearTimeout(late);
      chunks = [];
      socket.removeListener('data', take);
      socket.resume(); // so that its end is seen
      resolve(line);
    }
    function take(text: string): void {
      chunks.push(text);
      length += text.length;
      if (length > LARGEST_REQUEST) finish(undefined);
      else if (text.endsWith('\n')) finish(chunks.join('').slice(0, -1));
    }
    socket.setEncoding('latin1');
    socket.on('data', take);
    socket.once('close', () => finish(undefined));
  });
}
