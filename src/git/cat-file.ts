import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { VprError } from '../errors.js';
import type { ObjectId, ObjectSource } from '../format/push.js';
import { gitEnvironment } from './env.js';
import { ownContent } from './own-content.js';
import { type Reply, replyReader } from './replies.js';

/** Objects of one repository, through one git process. */
export interface ObjectReader extends ObjectSource {
  /** Ends the process. Throws where git failed at any time, or had not answered everything. */
  close(): Promise<void>;
}

export interface ReaderOptions {
  /** How long git may stay silent while it owes an answer, in milliseconds. */
  readonly silence?: number;
  /** Largest object that is read at all, in bytes. */
  readonly largest?: number;
}

interface Request {
  readonly id: ObjectId;
  readonly content: boolean;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: VprError) => void;
}

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const STDERR = 2000;

/**
 * Opens a repository for reading: one `git cat-file --batch-command --buffer`
 * (git ≥ 2.36) for all of its objects. Requests made without waiting for each
 * other go to git together. What git sends is hashed again, so that a store that was
 * tampered with is noticed.
 *
 * Every failure of the process (an early end, a non-zero exit, silence) fails
 * all that is asked from then on with a `VprError` (`git/…`).
 */
export function openObjects(
  gitDirectory: string,
  environment: Readonly<Record<string, string>> = gitEnvironment(),
  { silence = 30_000, largest = 512 * 1024 * 1024 }: ReaderOptions = {},
): ObjectReader {
  const git = spawn('git', [`--git-dir=${gitDirectory}`, 'cat-file', '--batch-command', '--buffer'], { env: environment });
  const owed: Request[] = [];
  let answered = 0;
  let unsent = '';
  let complaint = '';
  let failure: VprError | undefined;

  const watch = setTimeout(() => {
    if (answered < owed.length) fail(new VprError('git/timeout', `git has not answered for ${silence / 1000} seconds`));
  }, silence);

  function fail(error: VprError): void {
    failure ??= error;
    clearTimeout(watch);
    git.kill('SIGKILL');
    for (const request of owed.splice(0).slice(answered)) request.reject(failure);
    answered = 0;
  }

  function send(): void {
    if (unsent === '' || failure !== undefined || git.stdin.writableNeedDrain) return;
    git.stdin.write(Buffer.from(`${unsent}flush\n`, 'latin1'));
    unsent = '';
    watch.refresh();
  }

  function ask(id: ObjectId, content: boolean): Promise<Reply> {
    if (!ID.test(id)) return Promise.reject(new VprError('git/bad-id', 'an object id must be 40 or 64 hex digits'));
    if (failure !== undefined) return Promise.reject(failure);
    if (unsent === '') process.nextTick(send); // after all that is asked in the same breath
    unsent += `${content ? 'contents' : 'info'} ${id}\n`;
    return new Promise((resolve, reject) => owed.push({ id, content, resolve, reject }));
  }

  function answer(reply: Reply): void {
    const request = owed[answered];
    if (request === undefined || reply.name !== request.id) throw new VprError('git/protocol', 'git answered what was not asked');
    answered += 1;
    if (answered === owed.length || answered > 1000) {
      owed.splice(0, answered);
      answered = 0;
    }
    request.resolve(reply);
  }

  const readReplies = replyReader(() => owed[answered]?.content === true, answer, largest);
  git.stdout.on('data', (chunk: Buffer) => {
    watch.refresh();
    try {
      if (failure === undefined) readReplies(chunk);
    } catch (error) {
      fail(error instanceof VprError ? error : new VprError('git/protocol', 'git could not be read', { cause: error }));
    }
  });
  git.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < STDERR) complaint += chunk.toString('utf8').slice(0, STDERR);
  });
  git.stdin.on('drain', send);
  git.stdin.on('error', () => {}); // the process has ended: 'close' says how
  const ended = whenEnded(git).then((how) => {
    clearTimeout(watch);
    if (how !== undefined) fail(new VprError('git/failed', `git cat-file ${how}${complaint === '' ? '' : `: ${complaint.trim()}`}`));
    else if (answered < owed.length) fail(new VprError('git/failed', 'git cat-file ended before it had answered'));
    else failure ??= new VprError('git/closed', 'the objects have been closed');
  });

  return {
    async stat(id) {
      const { type, size } = await ask(id, false);
      return type === 'missing' ? undefined : { type, size };
    },
    async read(id) {
      const { type, bytes } = await ask(id, true);
      return bytes === undefined ? undefined : ownContent(id, { type, bytes });
    },
    async close() {
      git.stdin.end();
      await ended;
      if (failure !== undefined && failure.code !== 'git/closed') throw failure;
    },
  };
}

/** How a process ended, in words; undefined where it ended well. */
function whenEnded(git: ChildProcessWithoutNullStreams): Promise<string | undefined> {
  return new Promise((resolve) => {
    git.on('error', (error) => resolve(`could not be started: ${error.message}`));
    git.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`));
  });
}
