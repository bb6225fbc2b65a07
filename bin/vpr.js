#!/usr/bin/env node
// The command line, as built: oclif, and the commands that it finds in dist/bundle/cli/commands.
import { existsSync } from 'node:fs';

const main = new URL('../dist/bundle/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('vpr has not been built here yet: npm run build');
  process.exit(2);
}
// What cannot be printed was not said: that is "could not run", and no answer of the command's. Who has stopped reading
// (head, less) has read enough.
process.stdout.on('error', ({ code }) => {
  if (code === 'EPIPE') return;
  process.stderr.write(`error output/unwritable: the output cannot be written: ${code}\n`);
  process.exit(2);
});
const { default: oclif } = await import(main.href);
await oclif.execute({ dir: import.meta.url });
