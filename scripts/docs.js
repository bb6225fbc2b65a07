// The pages of docs/ that are made from the code. Compares them, and exits 1
// where one is out of date; with --write it writes them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { commandsPage } from './commands-doc.js';
import { rulesPage } from './rules-doc.js';

const PAGES = { 'docs/rules.md': rulesPage, 'docs/commands.md': commandsPage };
const write = process.argv.includes('--write');

for (const [path, page] of Object.entries(PAGES)) {
  const file = new URL(`../${path}`, import.meta.url);
  const text = await page();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (write) {
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  } else {
    console.log(`${path} is not what the code says: npm run docs`);
    process.exitCode = 1;
  }
}
