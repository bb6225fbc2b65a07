/** Asking at the controlling terminal, whatever standard input and output are: git has both of a signing program. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { VprError } from '../errors.js';

/** Longer answers are cut short: nobody types this. */
const LONGEST = 1024;
const KEY = { interrupt: 0x03, end: 0x04, backspace: 0x08, lineFeed: 0x0a, carriageReturn: 0x0d, kill: 0x15, delete: 0x7f } as const;

/**
 * Asks a question whose answer does not show. Undefined where nobody can be
 * asked: there is no terminal, this process is in its background (reading
 * would stop it for good), or `GIT_TERMINAL_PROMPT` says no, as for git's own
 * questions. Ctrl-C interrupts everything in the foreground, git included,
 * with the terminal as it was.
 */
export function askHidden(prompt: string): Buffer | undefined {
  if (/^(0|false|no|off)$/i.test(process.env['GIT_TERMINAL_PROMPT'] ?? '') || !inForeground()) return undefined;
  let terminal: number;
  try {
    terminal = openSync('/dev/tty', 'r+');
  } catch {
    return undefined;
  }
  try {
    return ask(terminal, prompt);
  } finally {
    closeSync(terminal);
  }
}

/**
 * Raw mode gives the interrupt key as a byte, so that no signal can end the
 * process between "echo off" and "echo on". Node puts the terminal back on
 * SIGTERM and SIGINT from elsewhere.
 */
function ask(terminal: number, prompt: string): Buffer {
  const mode = new ReadStream(openSync('/dev/tty', 'r'));
  let typed: Buffer | undefined;
  mode.setRawMode(true);
  try {
    writeSync(terminal, prompt);
    typed = readLine(terminal);
    writeSync(terminal, '\n');
  } finally {
    mode.setRawMode(false);
    mode.destroy();
  }
  if (typed !== undefined) return typed;
  // What the terminal itself would have done with the key.
  process.kill(0, 'SIGINT');
  throw new VprError('passphrase/interrupted', 'interrupted while a passphrase was asked for');
}

/** The line typed, without its end; undefined for Ctrl-C, and for Ctrl-D or a hang-up with nothing typed. */
function readLine(terminal: number): Buffer | undefined {
  const one = Buffer.alloc(1);
  let line: number[] = [];
  for (;;) {
    const byte = readByte(terminal, one);
    if (byte === undefined || byte === KEY.end) return line.length === 0 ? undefined : Buffer.from(line);
    if (byte === KEY.interrupt) return undefined;
    if (byte === KEY.carriageReturn || byte === KEY.lineFeed) return Buffer.from(line);
    if (byte === KEY.kill) line = [];
    else if (byte === KEY.backspace || byte === KEY.delete) line = withoutLast(line);
    else if (line.length < LONGEST) line.push(byte);
  }
}

function readByte(terminal: number, one: Buffer): number | undefined {
  try {
    return readSync(terminal, one, 0, 1, null) === 1 ? one[0] : undefined;
  } catch {
    return undefined; // the terminal is gone
  }
}

/** Without its last character, which in UTF-8 may be several bytes. */
function withoutLast(line: readonly number[]): number[] {
  let end = line.length - 1;
  while (end > 0 && ((line[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return line.slice(0, Math.max(0, end));
}

/** Whether this process may read the terminal. Where that can't be told, opening it decides. */
function inForeground(): boolean {
  const [group, foreground] = processGroups();
  return group === undefined || foreground === undefined || group === foreground;
}

/** This process's group, and the one in its terminal's foreground (-1 without a terminal). */
function processGroups(): readonly string[] {
  if (process.platform === 'win32') return [];
  try {
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return [group ?? '', foreground ?? ''];
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' });
    return (stdout ?? '').trim().split(/\s+/).filter(Boolean);
  }
}
