/** Running the command line as a person does. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = resolve('bin/vpr.js');

/** Runs `vpr` in a directory. `input` is its standard input; `further` goes into its environment. */
export function vpr(directory: string, args: readonly string[], input = '', further: Readonly<Record<string, string>> = {}): Ran {
  const fixed = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', NODE_NO_WARNINGS: '1', COLUMNS: '200' };
  const env = { ...process.env, ...fixed, ...further };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd: directory, env, input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs `vpr … --json` and reads what it printed. */
export function vprJson(
  directory: string,
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly value: Record<string, unknown> } {
  const { status, stdout, stderr } = vpr(directory, [...args, '--json'], input);
  try {
    return { status, value: JSON.parse(stdout) };
  } catch {
    throw new Error(`no JSON from vpr ${args.join(' ')}: ${stdout}${stderr}`);
  }
}
