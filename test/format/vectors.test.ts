/** Records that VPR's own program wrote: every status file, ledger and commit of every coordination history. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readCommitMessage } from '../../src/format/commit-message.js';
import { readCommitObject } from '../../src/format/commit-object.js';
import { GITIGNORE_CONTENTS, meaningOf } from '../../src/format/layout.js';
import { readLedger, renderLedger } from '../../src/format/ledger.js';
import type { GitObject } from '../../src/format/push.js';
import { readStatus, renderStatus } from '../../src/format/status.js';
import { readThread } from '../../src/format/thread.js';
import { readTreeObject } from '../../src/format/tree-object.js';
import { needsVectors, vectors } from '../trust/support/shared.js';
import { faultsOf, valueOf } from './format-page.js';

type Objects = ReadonlyMap<string, GitObject>;

/** Every object of a bundle's history, as stored. */
function objectsOf(bundle: string, directory: string): Objects {
  execFileSync('git', ['clone', '--quiet', '--bare', bundle, directory], { stdio: 'ignore' });
  const git = (args: string[], input = '') => execFileSync('git', ['-C', directory, ...args], { input, maxBuffer: 64 * 1024 * 1024 });
  const ids = git(['rev-list', '--objects', '--no-object-names', 'HEAD']).toString();
  const output = git(['cat-file', '--batch'], ids);
  const objects = new Map<string, GitObject>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const [id = '', type = '', size = ''] = output.toString('latin1', at, end).split(' ');
    objects.set(id, { type, bytes: output.subarray(end + 1, end + 1 + Number(size)) });
    at = end + 1 + Number(size) + 1;
  }
  return objects;
}

function filesOf(objects: Objects, tree: string, above = ''): { path: string; bytes: Uint8Array }[] {
  return valueOf(readTreeObject(need(objects, tree))).flatMap(({ mode, name, id }) =>
    mode === '40000' ? filesOf(objects, id, `${above}${name}/`) : [{ path: `${above}${name}`, bytes: need(objects, id) }],
  );
}

function need(objects: Objects, id: string): Uint8Array {
  const object = objects.get(id);
  if (object === undefined) throw new Error(`no object ${id}`);
  return object.bytes;
}

/** Checks one file by what its path means, and says what that is. */
function check(t: Test, path: string, bytes: Uint8Array): string {
  const kind = meaningOf('coordination', path)?.kind ?? 'unknown';
  if (kind === 'status') t.same(readStatus(renderStatus(valueOf(readStatus(bytes)))), readStatus(bytes), path);
  if (kind === 'ledger') t.same(readLedger(renderLedger(valueOf(readLedger(bytes)))), readLedger(bytes), path);
  if (kind === 'thread') t.ok(readThread(bytes).ok, path);
  if (kind === 'gitignore') t.ok(GITIGNORE_CONTENTS.includes(Buffer.from(bytes).toString()), path);
  return kind;
}

t.test('coordination records of VPR', needsVectors('vpr'), async (t) => {
  const bundles = readdirSync(vectors('vpr')).filter((name) => name.endsWith('.coordination.bundle'));
  t.ok(bundles.length >= 6, `${bundles.length} records`);
  for (const bundle of bundles) {
    await t.test(bundle, async (t) => {
      const objects = objectsOf(vectors('vpr', bundle), join(t.testdir(), 'record.git'));
      const kinds = new Set<string>();
      for (const [id, { bytes }] of [...objects].filter(([, { type }]) => type === 'commit')) {
        const { faults, gpgsig, message, tree } = readCommitObject(bytes);
        t.same(faults, [], `${id}: headers`);
        t.equal(gpgsig !== undefined, !bundle.startsWith('unsigned'), `${id}: signature`);
        t.same(faultsOf(readCommitMessage(message)), ['has no newline at its end'], `${id}: message`);
        t.ok(readCommitMessage(message, { finalNewline: 'optional' }).ok, `${id}: message as of a record taken over`);
        for (const file of filesOf(objects, tree ?? '')) kinds.add(check(t, file.path, file.bytes));
      }
      t.notOk(kinds.has('unknown'), [...kinds].join(', '));
      t.ok(kinds.has('status') && kinds.has('gitignore'));
    });
  }
});
