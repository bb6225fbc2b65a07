#!/usr/bin/env node
// The command line: oclif finds the commands in dist/src/commands.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execute } from '@oclif/core';

if (!existsSync(fileURLToPath(new URL('../dist/src/commands', import.meta.url)))) {
  console.error('vpr has not been built here yet: npm run build');
  process.exit(2);
}
await execute({ dir: import.meta.url });
