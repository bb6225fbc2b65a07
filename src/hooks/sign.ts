/**
 * `vpr-sign`: what git runs as gpg.x509.program. Two calls, as git makes them
 * (git's gpg-interface.c), and one of our own prepare-commit-msg hook:
 *
 *     vpr-sign --status-fd=2 -bsau <key>          payload in, signature out
 *     vpr-sign --status-fd=1 --verify <file> -    payload in, status lines out
 *     vpr-sign --same-name <name> <name>          whether the host takes them for one
 *
 * In a clone it is what git runs for signatures of GnuPG and OpenSSH as well:
 * no host accepts one, whatever keys somebody has in their keyring, so that git
 * must not call it good.
 *
 * What a person should read goes to stderr and, since git up to 2.40 shows
 * nothing of that when signing fails, to the terminal itself, or to the command
 * of ours that has run git.
 */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { VprError } from '../errors.js';
import { printable } from '../format/text.js';
import { COMPLAINT } from '../records/complaint.js';
import { readSettings } from '../records/settings.js';
import { signCommit } from '../records/sign-payload.js';
import { comparableName } from '../trust/index.js';

/** One call of git's, as its arguments say. */
type Call = { readonly statusFd: number } & (
  | { readonly kind: 'sign'; readonly key: string }
  | { readonly kind: 'verify'; readonly file: string }
  | { readonly kind: 'foreign' }
);

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === '--same-name') return comparableName(args[1] ?? '') === comparableName(args[2] ?? '') ? 0 : 1;
  const call = parseCall(args);
  if (call === undefined) {
    complain([
      'usage: vpr-sign --status-fd=N -bsau KEY',
      '       vpr-sign --status-fd=N --verify FILE -',
      'git calls it: vpr setup says so in its configuration',
    ]);
    return 2;
  }
  if (call.kind === 'foreign') {
    writeSync(2, 'vpr-sign: not signed with a certificate (x509), which no host of records accepts; to sign with one: vpr setup\n');
    if (call.statusFd !== 0) writeSync(call.statusFd, `[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${'0'.repeat(16)} 0 0 00 0 4\n`);
    return 1;
  }
  const payload = readFileSync(0);
  if (call.kind === 'sign') return await sign(call, payload);
  const { verifySignature } = await import('./verify-signature.js');
  const { lines, words, good } = verifySignature(payload, readFileSync(call.file), readSettings('.', { inherit: true }));
  writeSync(call.statusFd, lines.map((line) => `[GNUPG:] ${line}\n`).join(''));
  writeSync(2, words.map((line) => `vpr-sign: ${line}\n`).join(''));
  return good ? 0 : 1;
}

async function sign({ statusFd, key }: { statusFd: number; key: string }, payload: Uint8Array): Promise<number> {
  const now = new Date();
  const settings = readSettings('.', { inherit: true });
  const warnings = settings.trust === undefined ? [] : (await import('./sign-host.js')).askBundle(settings, now);
  if (warnings.length > 0) complain(warnings.map((line) => `vpr-sign: ${line}`));
  const { signature, fingerprint } = signCommit(payload, key, settings, now);
  writeSync(1, `${signature}\n`);
  writeSync(statusFd, `[GNUPG:] BEGIN_SIGNING H8\n[GNUPG:] SIG_CREATED D 1 8 00 ${Math.floor(now.getTime() / 1000)} ${fingerprint}\n`);
  return 0;
}

function parseCall(args: readonly string[]): Call | undefined {
  if (args[0] === '-Y') return { statusFd: 0, kind: 'foreign' };
  if (args[0]?.startsWith('--keyid-format=') && args.includes('--verify')) return { statusFd: 1, kind: 'foreign' };
  const [status = '', action = '', subject = '', last] = args;
  const statusFd = Number(/^--status-fd=([12])$/.exec(status)?.[1] ?? 0);
  if (statusFd === 0) return undefined;
  if (action === '-bsau' && args.length === 3) return { statusFd, kind: 'sign', key: subject };
  if (action === '--verify' && last === '-' && args.length === 4) return { statusFd, kind: 'verify', file: subject };
  return undefined;
}

/** Says why on stderr, and where that goes elsewhere in the file that our own command will read, or on the terminal. */
function complain(lines: readonly string[]): void {
  const text = lines.map((line) => `${printable(line, 1000)}\n`).join('');
  writeSync(2, text);
  if (process.stderr.isTTY) return;
  const file = process.env[COMPLAINT];
  if (file !== undefined && existsSync(file)) {
    writeFileSync(file, text);
    return;
  }
  try {
    const terminal = openSync('/dev/tty', 'w');
    writeSync(terminal, text);
    closeSync(terminal);
  } catch {
    // No terminal: stderr has it.
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, help } =
      error instanceof VprError ? error : { message: String(error instanceof Error ? error.stack : error), help: [] };
    complain([`vpr-sign: ${message}`, ...help.map((line) => `  help: ${line}`)]);
    process.exitCode = 1;
  },
);
