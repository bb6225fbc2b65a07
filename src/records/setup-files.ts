/** What `vpr setup` puts into a clone's `.git`: launchers, the hook, merge attributes. */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeAtomic } from './files.js';
import { packageFile } from './package.js';

/** The first lines of a prepare-commit-msg hook of ours, of whatever version. */
const OURS = '#!/bin/sh\n# vpr prepare-commit-msg';

const ATTRIBUTES = ['communications/*/thread.md merge=vpr-thread', 'communications/*/ledger.yaml merge=vpr-ledger'] as const;

/**
 * Writes a small sh program that runs a script with the node of today, or the
 * one in PATH once that has gone, without what slows node's start or changes it.
 * `otherwise` is what it does, in sh, where the script is gone.
 */
export function writeLauncher(path: string, script: string, otherwise = 'exit 1'): void {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  writeProgram(
    path,
    `#!/bin/sh
# Written by vpr setup; run that again when node or vpr has moved.
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
node=${quoted(process.execPath)}
script=${quoted(script)}
[ -x "$node" ] || node=node
if [ ! -f "$script" ]; then
  echo "vpr is gone from $script: install it again, then run vpr setup" >&2
  ${otherwise}
fi
exec "$node" "$script" "$@"
`,
  );
}

/**
 * Installs the prepare-commit-msg hook. A hook of somebody else's stays: then
 * ours goes to `spare`, and the answer says what to add to theirs.
 */
export function installHook(hooksDirectory: string, spare: string): { readonly file: string; readonly warnings: readonly string[] } {
  const hook = readFileSync(packageFile('hooks/prepare-commit-msg'), 'utf8');
  const target = join(hooksDirectory, 'prepare-commit-msg');
  const former = readIfThere(target)?.toString('utf8');
  if (former === undefined || former.startsWith(OURS)) {
    writeProgram(target, hook);
    return { file: target, warnings: [] };
  }
  writeProgram(spare, hook);
  const warning = `${target} is not vpr's and stays as it is; add this line to it, or the trailers will not be filled in: '${spare}' "$@"`;
  return { file: spare, warnings: [warning] };
}

/** Names the merge drivers for threads and ledgers, once, after what `info/attributes` says already. */
export function installAttributes(path: string): void {
  const former = readIfThere(path)?.toString('utf8') ?? '';
  const lines = former.split('\n');
  const missing = ATTRIBUTES.filter((line) => !lines.includes(line));
  if (missing.length === 0) return;
  const start = former === '' || former.endsWith('\n') ? former : `${former}\n`;
  writeAtomic(path, `${start}${missing.join('\n')}\n`);
}

/** An executable file; the mode is set apart from the umask. */
function writeProgram(path: string, text: string): void {
  writeAtomic(path, text, 0o755);
  chmodSync(path, 0o755);
}
