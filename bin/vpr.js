#!/usr/bin/env node
// The command line, as built: oclif, and the commands that it finds in dist/bundle/cli/commands.
import { existsSync } from 'node:fs';

const main = new URL('../dist/bundle/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('vpr has not been built here yet: npm run build');
  process.exit(2);
}
const { default: oclif } = await import(main.href);
await oclif.execute({ dir: import.meta.url });
