#!/usr/bin/env node
// What git runs as gpg.x509.program where it is configured by hand; vpr setup
// writes a launcher of its own. The bundle starts faster than the modules.
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/bundle/vpr-sign.cjs', import.meta.url);
await import(existsSync(bundle) ? bundle.href : new URL('../dist/src/hooks/sign.js', import.meta.url).href);
