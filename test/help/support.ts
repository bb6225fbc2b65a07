/** A guarded host and clones of one record, for tests that do what a refusal's help says. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import { runGit } from '../../src/git/run.js';
import { addRecord, initHost } from '../../src/hosts/plain.js';
import { createAuthority } from '../../src/records/authority.js';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { type Issued, issueCertificate } from '../../src/records/issue.js';
import { setUp } from '../../src/records/setup.js';
import { createThread } from '../../src/records/thread-create.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { openWriter } from '../../src/records/writer.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { temporary } from '../records/support.js';

export interface Typed {
  readonly status: number;
  /** Both streams, as a screen has them. */
  readonly output: string;
}

/** A change of nothing but a comment, and its commit. */
export const COMMENT = 'echo "# checked" >> COORDINATION_STATUS.yaml';
export const COMMIT = 'git commit --quiet --all -m "coordination:update: Added a comment"';

export interface Host {
  readonly directory: string;
  readonly bare: string;
  readonly jane: Issued;
  /** The thread that Jane opened. */
  readonly thread: string;
  /** A clone, set up for Jane. */
  clone(name: string): Promise<string>;
  /** What main of the host points to. */
  main(): string;
}

/** A name that a shell has to be told carefully. */
export const NAME = "Dr Jane O'Brien";

/** A host with one record: its root and a thread by Jane. */
export async function makeHost(t: Test): Promise<Host> {
  const directory = temporary(t);
  const authority = join(directory, 'ca');
  await createAuthority({ directory: authority, name: 'Test root', authorities: ['GMC'], days: 100 });
  const jane = await issue(directory, 'jane');
  const root = join(directory, 'host');
  initHost(root);
  copyFileSync(join(authority, 'authority.crt'), join(root, 'trust', 'gmc.crt'));
  writeFileSync(
    join(root, 'vpr.yaml'),
    'version: 1\nroots:\n  - file: trust/gmc.crt\n    authorities: [{ name: GMC, class: clinician }]\nresident_minutes: 0\n',
  );
  const { path: bare } = addRecord(root, { kind: 'coordination' }, runGit);
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(root, KNOWN_RULES)));
  const clone = async (name: string): Promise<string> => {
    const target = join(directory, name);
    sh(directory, `git clone --quiet ${bare} ${target}`);
    await setUp({
      directory: target,
      certificate: jane.certificate,
      key: jane.key,
      careLocation: 'Oxford University Hospitals',
      trust,
      rules: KNOWN_RULES,
    });
    return target;
  };
  const first = await clone('first');
  await beginCoordination(openWriter(first), {});
  const { thread } = await createThread(openWriter(first), {
    participants: [],
    body: 'The chest X-ray is clear.',
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  const pushed = sh(first, 'git push');
  if (pushed.status !== 0) throw new Error(pushed.output);
  return { directory, bare, jane, thread, clone, main: () => sh(bare, 'git rev-parse main').output.trim() };
}

/** A certificate of Jane's, with a key of its own. */
export function issue(directory: string, out: string): Promise<Issued> {
  return issueCertificate({
    authority: join(directory, 'ca'),
    name: NAME,
    registration: { authority: 'GMC', number: '1234567' },
    further: [],
    email: 'jane.smith@example.org',
    participant: '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12',
    days: 90,
    out: join(directory, out),
  });
}

/** Types one line into sh, with `vpr` on the PATH and nobody's configuration. */
export function sh(directory: string, line: string, env: Readonly<Record<string, string>> = {}): Typed {
  const { status, stdout } = spawnSync(
    'sh',
    ['-c', `exec 2>&1\nvpr() { "${process.execPath}" "${resolve('bin/vpr.js')}" "$@"; }\n${line}`],
    {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: directory, LC_ALL: 'C', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', ...env },
    },
  );
  return { status: status ?? 128, output: stdout };
}

/** Types lines that must all succeed. */
export function type(t: Test, directory: string, ...lines: readonly string[]): void {
  for (const line of lines) {
    const { status, output } = sh(directory, line);
    t.equal(status, 0, line, { output });
  }
}

/** A clone of its own, in which lines were typed. */
export async function cloneWith(t: Test, host: Host, name: string, ...lines: readonly string[]): Promise<string> {
  const clone = await host.clone(name);
  type(t, clone, ...lines);
  return clone;
}

/** Pushes, sees the rule refuse it on the screen and main stay, and returns the help of that rule, a line an element. */
export function refusedBy(t: Test, host: Pick<Host, 'main'>, clone: string, rule: string, push = 'git push'): readonly string[] {
  const before = host.main();
  const { status, output } = sh(clone, push);
  t.equal(status, 1, `${push} is refused`, { output });
  t.equal(host.main(), before, 'main has not moved');
  t.ok(output.includes(`remote: error ${rule}`), `${rule} is named`, { output });
  return helpIn(output, rule);
}

/** Pushes, and sees that main moved to what was pushed. */
export function accepted(t: Test, host: Pick<Host, 'main'>, clone: string): void {
  const { status, output } = sh(clone, 'git push');
  t.equal(status, 0, 'git push is accepted', { output });
  t.equal(host.main(), sh(clone, 'git rev-parse main').output.trim(), 'main is what was pushed');
  t.equal(sh(clone, 'git status --porcelain').output, '', 'and the files are as committed');
}

/** The help lines under a rule on a pusher's screen. */
export function helpIn(output: string, rule: string): readonly string[] {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const from = lines.findIndex((line) => line.startsWith(`remote: error ${rule}`));
  const to = lines.findIndex((line, index) => index > from && line.startsWith('remote:   more: '));
  const help = lines.slice(from, to).filter((line) => /^remote: {3}(?:help:| {5}) /.test(line));
  return help.map((line) => line.slice('remote:   help: '.length));
}

/**
 * Lets a clone sign with whatever certificate and key, looking at neither names
 * nor dates, as the program of another toolkit might.
 */
export function signCarelessly(
  { directory }: Host,
  clone: string,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): void {
  const script = join(directory, 'careless.mjs');
  const program = join(clone, '.git', 'careless');
  const trust = pathToFileURL(resolve('dist/src/trust/index.js')).href;
  writeFileSync(
    script,
    `import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { readCertificate, signPayload } from ${JSON.stringify(trust)};
const [certificate, key] = process.argv.slice(2).map((path) => readFileSync(path));
writeSync(1, signPayload(readFileSync(0), createPrivateKey(key), [readCertificate(certificate).value], 'cms') + '\\n');
writeSync(2, '[GNUPG:] SIG_CREATED D 1 8 00 0 0\\n');
`,
  );
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${script}" "${certificate}" "${key}"\n`, { mode: 0o755 });
  sh(clone, `git config gpg.x509.program "${program}"`);
}
