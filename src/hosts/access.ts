/** `access.jsonl`: who asked for what is restricted, or not to be queried, and why. Ids and that reason, nothing that a record says. */
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { codeOf, VprError } from '../errors.js';
import { commandLine } from '../format/shell.js';
import { printable } from '../format/text.js';
import { appendLine } from './files.js';
import type { HostPaths } from './paths.js';

/** What somebody was shown. */
export interface Access {
  /** The command that was asked. */
  readonly command: string;
  readonly reason: string;
  /** Ids that were asked for. */
  readonly asked: Readonly<Record<string, string | undefined>>;
  /** Ids of what is about to be shown. */
  readonly records: readonly string[];
  readonly threads: readonly string[];
}

/** For the host's own account alone. */
const MODE = 0o600;
const LONGEST = 500;

/** A reason that says something. Throws `access/reason`. */
export function checkedReason(reason: string): string {
  if (/[\p{L}\p{N}]/u.test(reason) && reason.length <= LONGEST) return reason.trim();
  throw new VprError('access/reason', `a reason is wanted that says something, in at most ${LONGEST} characters`, {
    help: ['it is written down, with your account and the time'],
  });
}

/**
 * Writes down that something is about to be shown, and waits until it is on
 * the disk. Throws `access/not-logged`: then nothing may be shown.
 */
export function logAccess({ access }: HostPaths, { command, reason, asked, records, threads }: Access, now: Date): void {
  const line = { time: now.toISOString(), ...account(), command, reason: printable(reason, LONGEST), asked, records, threads };
  try {
    appendLine(access, JSON.stringify(line), MODE);
  } catch (cause) {
    const code = codeOf(cause) ?? 'unknown';
    const { what, help } = meaningOf(code, access);
    throw new VprError('access/not-logged', `the reason could not be written down, and so nothing is shown: ${code}${what}`, {
      cause,
      help,
    });
  }
}

/** What a code of the system says is wrong with the file, after its code, and how to mend it. */
export function meaningOf(code: string, path: string): { readonly what: string; readonly help: readonly string[] } {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'host/short-write':
      return {
        what: code === 'EDQUOT' ? ', this account may not fill more of the disk' : ', the disk is full',
        help: [`make room, then ask again; how full it is: ${commandLine('df', dirname(path))}`],
      };
    case 'EROFS':
      return {
        what: ', the file system can only be read',
        help: [
          `have it mounted so that it can be written, then ask again; which it is: ${commandLine('findmnt', '--target', dirname(path))}`,
        ],
      };
    case 'EIO':
      return { what: ', the disk failed', help: ["the system's log says more: dmesg"] };
    case 'EISDIR':
      return { what: ', there is a directory in its place', help: [`move it away: ${commandLine('mv', path, `${path}.away`)}`] };
    case 'EACCES':
    case 'EPERM':
      return {
        what: ', this account may not write it',
        help: [`run it as the account that owns the host: ${commandLine('ls', '-ld', dirname(path), path)}`],
      };
    default:
      return { what: '', help: [`${path} must be a file that your account can write`] };
  }
}

/** Whose process this is, as the system says: its environment can say anything. */
function account(): { readonly uid?: number; readonly account?: string } {
  const uid = process.getuid?.();
  const own = uid === undefined ? {} : { uid };
  try {
    return { ...own, account: printable(userInfo().username) };
  } catch {
    return own; // an account without a name, as in containers
  }
}
