/** Making a projection anew in a process of its own: filling it keeps a process from anything else for minutes. */
import { spawn } from 'node:child_process';
import { VprError } from '../errors.js';
import { packageFile } from '../hosts/package.js';
import type { HostPaths } from '../hosts/paths.js';

/** Runs `vpr projection build`. Throws `watch/rebuild` where it could not be done; `signal` ends it. */
export async function rebuildProjection({ root }: HostPaths, signal: AbortSignal): Promise<void> {
  const args = [packageFile('bin/vpr.js'), 'projection', 'build', root];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], signal });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  // 1: it was made, and has records that are withheld or set aside.
  if (code !== 0 && code !== 1) throw new VprError('watch/rebuild', `vpr projection build ended with ${code ?? 'a signal'}`);
}
