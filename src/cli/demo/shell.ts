/** The shell that the demo types into: its own environment, nobody's configuration, `vpr` on the PATH. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { VprError } from '../../errors.js';
import { commandLine } from '../../format/shell.js';
import { packageFile } from '../../records/package.js';

/** What a line printed, both streams as they came, and how it ended. */
export interface Typed {
  readonly output: string;
  readonly status: number;
}

/** Runs one line of sh in a directory. */
export type Shell = (directory: string, line: string) => Typed;

/** Longest that one line may take, in milliseconds. */
const PATIENCE = 120_000;

/** A shell for a demo in `root`: `root/bin` has `vpr`, and `root/home` is where a `HOME` would be. */
export function openShell(root: string): Shell {
  const bin = join(root, 'bin');
  const home = join(root, 'home');
  for (const directory of [bin, home]) mkdirSync(directory, { recursive: true });
  writeFileSync(join(bin, 'vpr'), `#!/bin/sh\nexec ${commandLine(process.execPath, packageFile('bin/vpr.js'))} "$@"\n`);
  chmodSync(join(bin, 'vpr'), 0o755);
  const env = {
    PATH: [bin, process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    NODE_NO_WARNINGS: '1',
  };
  return (directory, line) => {
    // One stream, as on a screen: sh puts both in the order they were printed in.
    const { status, stdout, error } = spawnSync('sh', ['-c', `exec 2>&1\n${line}`], {
      cwd: directory,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE,
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error !== undefined)
      throw new VprError('demo/shell', `sh could not run: ${line}`, { cause: error, help: ['the demo needs sh and git on the PATH'] });
    return { output: stdout, status: status ?? 128 };
  };
}
