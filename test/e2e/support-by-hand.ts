/** A guarded host and a clone whose commits are made by hand, with stock git and whatever signs there. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from '../../src/git/run.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import { loadBundle, renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { run, temporary } from '../records/support.js';
import { agreementOn } from '../support/agreement.js';
import { JANE } from '../support/outside.js';

const TRAILERS = 'Author-Name: Dr Jane Smith\nAuthor-Role: Clinician\nAuthor-Registration: GMC 1234567\nCare-Location: Elsewhere';
/** A guarded host that trusts by this policy, with the files it names; and an empty clone of its one record. */
export function guarded(
  t: Parameters<typeof temporary>[0],
  policy: string,
  files: Readonly<Record<string, string>>,
  directory = temporary(t),
) {
  const host = join(directory, 'host');
  initHost(host);
  mkdirSync(join(host, 'trust'), { recursive: true });
  for (const [name, file] of Object.entries(files)) copyFileSync(file, join(host, 'trust', name));
  writeFileSync(join(host, 'vpr.yaml'), `version: 1\n${policy}`);
  const { path, id } = addRecord(host, { kind: 'coordination' }, runGit);
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(host, KNOWN_RULES)));
  const clone = join(directory, 'clone');
  run(directory, 'git', 'clone', '--quiet', path, clone);
  return { directory, clone, id, trust, agree: agreementOn(t, loadBundle(trust, KNOWN_RULES).trust) };
}

/** Begins the record by hand and pushes it, signed by whatever the clone's configuration says. */
export function beginByHand(clone: string, id: string): void {
  writeFileSync(
    join(clone, 'COORDINATION_STATUS.yaml'),
    `coordination_id: "${id}"\nclinical_id: "a4f91c6d-3b2e-4c5f-9d7a-1e8b6c0a9f12"\nstatus:\n  lifecycle_state: active\n  record_open: true\n  record_queryable: true\n  record_modifiable: true\n`,
  );
  run(clone, 'git', 'symbolic-ref', 'HEAD', 'refs/heads/main');
  run(clone, 'git', 'add', '.');
  commit(clone, 'create', '-a');
  run(clone, 'git', 'push', '--quiet', 'origin', 'main');
}

export function commit(clone: string, action: string, ...args: string[]): void {
  run(clone, 'git', 'commit', '--quiet', '-m', `coordination:${action}: By hand`, '-m', TRAILERS, ...args);
}

/** A small change, committed and pushed; what git said where the host refused it. */
export function change(clone: string): string {
  edit(clone);
  commit(clone, 'update', '-a');
  return push(clone);
}

/** A small change of the status file. */
export function edit(clone: string): void {
  const file = join(clone, 'COORDINATION_STATUS.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}# changed\n`);
}

export function push(clone: string): string {
  return spawnSync('git', ['push', '--quiet'], { cwd: clone, encoding: 'utf8' }).stderr;
}

/** Stock git: nothing of ours is set up. */
export function stock(clone: string, program: string, key: string): void {
  for (const [name, value] of [
    ['gpg.format', 'x509'],
    ['gpg.x509.program', program],
    ['commit.gpgSign', 'true'],
    ['user.signingKey', key],
    ['user.name', JANE],
    ['user.email', 'jane.smith@example.org'],
    ['push.default', 'current'],
  ])
    run(clone, 'git', 'config', name as string, value as string);
}

/** A policy that trusts trust/root.crt for the GMC's clinicians. */
export const underRoot = (intermediates = '') =>
  `roots:\n  - file: trust/root.crt\n    authorities:\n      - { name: GMC, class: clinician }\n${intermediates}`;
