/**
 * `vpr-merge thread|ledger %O %A %B %P`: the merge driver that `vpr setup` puts
 * into a clone (gitattributes "Defining a custom merge driver"). Writes the
 * result over %A and exits 0; what it can't merge it leaves to git's own
 * textual merge, conflict markers and all.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { alignTimes, mergeLedgers } from '../records/merge-ledger.js';
import { mergeThreads } from '../records/merge-thread.js';

const MERGES = { thread: mergeThreads, ledger: mergeLedgers } as const;

const [kind = '', base = '', ours = '', theirs = '', path = ''] = process.argv.slice(2);

if (kind !== 'thread' && kind !== 'ledger') {
  console.error('usage: vpr-merge thread|ledger BASE OURS THEIRS PATH (git calls it: vpr setup says so in its configuration)');
  process.exitCode = 2;
} else {
  process.exitCode = merge(kind);
}

function merge(what: keyof typeof MERGES): number {
  const sides = [readFileSync(base), readFileSync(ours), readFileSync(theirs)] as const;
  const merged = orNothing(() => MERGES[what](...sides));
  if (merged !== undefined) {
    writeFileSync(ours, merged);
    return 0;
  }
  const aligned = what === 'ledger' ? orNothing(() => alignTimes(...sides)) : undefined;
  for (const [index, file] of [base, ours, theirs].entries()) if (aligned?.[index] !== undefined) writeFileSync(file, aligned[index]);
  const { status } = spawnSync('git', ['merge-file', '-L', 'on the host', '-L', 'before', '-L', 'yours', ours, base, theirs]);
  // A textual merge of a thread is never right: two messages, or half of one, would become another.
  if (status === 0 && what === 'ledger') return 0;
  console.error(`vpr: ${path}: the two sides cannot be put together; mend it by hand, then: git add ${path} && git rebase --continue`);
  return 1;
}

/** Whatever goes wrong, both sides must come into the file: git takes what is there for the result. */
function orNothing<T>(attempt: () => T | undefined): T | undefined {
  try {
    return attempt();
  } catch (error) {
    console.error(`vpr: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
