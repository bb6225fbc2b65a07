/** Records that VPR's own program wrote: every status file, ledger and commit of every coordination history. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readCommitMessage } from '../../src/format/commit-message.js';
import { readCommitObject } from '../../src/format/commit-object.js';
import { GITIGNORE_CONTENTS, meaningOf } from '../../src/format/layout.js';
import { readLedger, renderLedger } from '../../src/format/ledger.js';
import { readStatus, renderStatus } from '../../src/format/status.js';
import { readThread } from '../../src/format/thread.js';
import { readTreeObject } from '../../src/format/tree-object.js';
import { needsVectors, vectors } from '../trust/support/shared.js';
import { faultsOf, valueOf } from './format-page.js';

interface Found {
  readonly path: string;
  readonly bytes: Buffer;
}

/** All commits of a bundle, as stored. */
function history(bundle: string, directory: string): { git: (...args: string[]) => Buffer; commits: string[] } {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, ...args], { maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'ignore'] });
  execFileSync('git', ['clone', '--quiet', '--bare', bundle, directory], { stdio: 'ignore' });
  return { git, commits: git('rev-list', 'HEAD').toString().trim().split('\n') };
}

function filesOf(git: (...args: string[]) => Buffer, tree: string, above = ''): Found[] {
  return valueOf(readTreeObject(git('cat-file', 'tree', tree))).flatMap(({ mode, name, id }) =>
    mode === '40000' ? filesOf(git, id, `${above}${name}/`) : [{ path: `${above}${name}`, bytes: git('cat-file', 'blob', id) }],
  );
}

t.test('coordination records of VPR', needsVectors('vpr'), async (t) => {
  const bundles = readdirSync(vectors('vpr')).filter((name) => name.endsWith('.coordination.bundle'));
  t.ok(bundles.length >= 6, `${bundles.length} records`);
  for (const bundle of bundles) {
    await t.test(bundle, async (t) => {
      const { git, commits } = history(vectors('vpr', bundle), join(t.testdir(), 'record.git'));
      const seen = { status: 0, ledger: 0, thread: 0, gitignore: 0 };
      for (const id of commits) {
        const commit = readCommitObject(git('cat-file', 'commit', id));
        t.same(commit.faults, [], `${id}: headers`);
        t.equal(commit.gpgsig !== undefined, !bundle.startsWith('unsigned'), `${id}: signature`);
        t.same(faultsOf(readCommitMessage(commit.message)), ['has no newline at its end'], `${id}: message`);
        t.ok(readCommitMessage(commit.message, { finalNewline: 'optional' }).ok, `${id}: message as of a record taken over`);
        for (const { path, bytes } of filesOf(git, commit.tree ?? '')) {
          const meaning = meaningOf('coordination', path);
          if (meaning === undefined) t.fail(`${path} is not known`);
          else seen[meaning.kind] += 1;
          if (meaning?.kind === 'status') t.same(readStatus(renderStatus(valueOf(readStatus(bytes)))), readStatus(bytes), `${id}: ${path}`);
          if (meaning?.kind === 'ledger') t.same(readLedger(renderLedger(valueOf(readLedger(bytes)))), readLedger(bytes), `${id}: ${path}`);
          if (meaning?.kind === 'thread') t.ok(readThread(bytes).ok, `${id}: ${path}`);
          if (meaning?.kind === 'gitignore') t.ok(GITIGNORE_CONTENTS.includes(bytes.toString()), `${id}: ${path}`);
        }
      }
      t.ok(seen.status > 0 && seen.gitignore > 0, JSON.stringify(seen));
    });
  }
});
