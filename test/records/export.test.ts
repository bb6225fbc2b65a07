import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { setUp } from '../../src/records/setup.js';
import { loadBundle, renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { convertSignature, payloadOf, withSignature } from '../../src/trust/index.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { vpr, vprJson } from '../commands/support.js';
import { agreementOn, needsOracles } from '../support/agreement.js';
import { verifies } from '../support/exported.js';
import { opensslSigner } from '../support/outside.js';
import { needsProgram } from '../trust/support/shared.js';
import { janeBelowIntermediate, run, temporary } from './support.js';

/** A repository that Jane signs in, below an intermediate; her certificate is listed, so that no encoding needs to carry it. */
async function repository(t: Parameters<typeof temporary>[0]) {
  const directory = temporary(t);
  const { ca, jane } = await janeBelowIntermediate(directory);
  run(directory, 'openssl', 'x509', '-in', jane.certificate, '-out', 'leaf.crt');
  copyFileSync(join(ca, 'issuing/authority.crt'), join(directory, 'between.crt'));
  writeFileSync(
    join(directory, 'vpr.yaml'),
    'version: 1\nroots:\n  - file: ca/authority.crt\n    authorities:\n      - { name: GMC, class: clinician }\nintermediates: [between.crt]\ncertificates:\n  - file: leaf.crt\n',
  );
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(directory, KNOWN_RULES)));
  const clone = join(directory, 'clone');
  run(directory, 'git', 'init', '--quiet', '--initial-branch=main', clone);
  await setUp({ directory: clone, ...jane, careLocation: 'Elsewhere', trust, rules: KNOWN_RULES });
  run(clone, 'git', 'commit', '--quiet', '--allow-empty', '-m', 'coordination:update: x');
  return { directory, clone, trust, jane, root: join(ca, 'authority.crt') };
}

/** The same commit with its signature written another way; its id. */
function rewritten(clone: string, change: (gpgsig: string) => string): string {
  const split = payloadOf(execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: clone }));
  if (!('payload' in split)) throw new Error('not signed');
  const input = withSignature(split.payload, change(split.gpgsig));
  return execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], { cwd: clone, input, encoding: 'utf8' }).trim();
}

function converted(gpgsig: string, encoding: 'container' | 'raw'): string {
  const reading = convertSignature(gpgsig, encoding);
  if (!reading.ok) throw new Error(reading.faults[0]?.message);
  return reading.value;
}

/** The container with the key alone. */
function keyOnly(gpgsig: string): string {
  const { signature, public_key } = JSON.parse(Buffer.from(converted(gpgsig, 'container'), 'base64').toString('utf8'));
  return Buffer.from(JSON.stringify({ signature, public_key })).toString('base64');
}

t.test('from every encoding, without a key: openssl accepts what is written', { ...needsOracles(), timeout: 240_000 }, async (t) => {
  const { directory, clone, trust, jane, root } = await repository(t);
  const agree = agreementOn(t, loadBundle(trust, KNOWN_RULES).trust);
  const commits: Record<string, string> = {
    cms: run(clone, 'git', 'rev-parse', 'HEAD'),
    container: rewritten(clone, (gpgsig) => converted(gpgsig, 'container')),
    'container, key alone': rewritten(clone, keyOnly),
    raw: rewritten(clone, (gpgsig) => converted(gpgsig, 'raw')),
  };
  run(clone, 'git', 'config', 'gpg.x509.program', opensslSigner(directory, 'sign', { ...jane, certificate: join(directory, 'leaf.crt') }));
  run(clone, 'git', 'commit', '--quiet', '--amend', '--no-edit', '--allow-empty');
  commits['cms-attributes'] = run(clone, 'git', 'rev-parse', 'HEAD');
  run(clone, 'git', 'config', 'vpr.key', '/nonexistent');
  const supplied: Record<string, number> = { cms: 0, container: 1, 'container, key alone': 2, raw: 2, 'cms-attributes': 1 };
  const payloads = new Set<string>();
  for (const [what, commit] of Object.entries(commits)) {
    const out = join(directory, what.replace(/\W/g, ''));
    t.match(vprJson(clone, ['signature', 'export', commit, '--out', out]), {
      status: 0,
      value: { commit, encoding: what.split(',')[0], signature: join(out, `${commit}.p7s`), supplied: supplied[what] },
    });
    t.doesNotThrow(() => verifies(out, commit, root), what);
    t.strictSame(readFileSync(join(out, `${commit}.out`)), readFileSync(join(out, `${commit}.payload`)), 'the very bytes');
    if (what !== 'cms-attributes') payloads.add(readFileSync(join(out, `${commit}.payload`), 'hex'));
    writeFileSync(join(out, `${commit}.payload`), 'tree something else');
    t.throws(() => verifies(out, commit, root), what);
    agree(clone, commit);
    t.match(vpr(clone, ['signature', 'export', commit, '--out', out]), { status: 2, stderr: /file\/exists/ });
  }
  t.equal(payloads.size, 1, 'all of them are over the same bytes');
});

t.test('what cannot be exported is refused in words, and nothing is written', needsProgram('openssl', 'openssl'), async (t) => {
  const { directory, clone, trust, jane, root } = await repository(t);
  const bare = rewritten(clone, keyOnly);
  const alone = rewritten(clone, (gpgsig) => converted(gpgsig, 'container'));
  const out = join(directory, 'out');
  const attempt = (commit: string, ...args: string[]) => vpr(clone, ['signature', 'export', commit, '--out', out, ...args]);
  run(clone, 'git', 'config', '--unset', 'vpr.trust');
  t.match(attempt(bare), { status: 2, stderr: /signature\/no-certificate[\s\S]*help: name the host's trust bundle[\s\S]*--trust FILE/ });
  t.match(attempt(rewritten(clone, (gpgsig) => converted(gpgsig, 'raw'))), { status: 2, stderr: /signature\/bad: the signature is raw/ });
  t.match(attempt('nothing'), { status: 2, stderr: /signature\/no-commit/ });
  t.match(attempt(rewritten(clone, (gpgsig) => gpgsig.replace(/M(.{10})/, 'N$1'))), { status: 2, stderr: /signature\/unreadable/ });
  const changed = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: clone, encoding: 'latin1' }).replace('update: x', 'update: y');
  const forged = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: clone,
    input: changed,
    encoding: 'utf8',
  }).trim();
  t.match(attempt(forged), { status: 2, stderr: /signature\/bad: .*changed after it was signed/ });
  run(clone, 'git', '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--allow-empty', '-m', 'x');
  t.match(attempt('HEAD'), { status: 2, stderr: /signature\/none: the commit is not signed/ });
  t.notOk(existsSync(out));
  t.match(attempt(bare, '--trust', trust), {
    status: 0,
    stdout: /it leads to CN=Elm, whose certificate is not among these: ROOT is a file with that one[\s\S]*-CAfile ROOT/,
  });
  rmSync(out, { recursive: true });
  t.match(
    attempt(alone),
    { status: 0, stdout: /it leads to CN=Elm, issuing, whose/ },
    'an intermediate that nobody has supplied is missed',
  );
  rmSync(out, { recursive: true });
  const bundle = join(directory, 'root-only.json');
  const policy = join(directory, 'vpr.yaml');
  writeFileSync(
    policy,
    readFileSync(policy, 'utf8')
      .replace('intermediates: [between.crt]\n', '')
      .replace(/certificates:[\s\S]*/, ''),
  );
  writeFileSync(bundle, renderBundle(exportBundle(directory, KNOWN_RULES)));
  t.match(attempt(alone, '--trust', bundle), {
    status: 0,
    stdout: /CN=Elm, issuing, which is no root of the host, whose [\s\S]*without: name a file with its certificate: --certificate FILE/,
  });
  t.throws(() => verifies(out, alone, root), 'openssl has no way to the root');
  for (const [commit, files, more] of [
    [alone, ['between.crt'], ['--trust', bundle]],
    [alone, ['between.crt'], []],
    [alone, ['ca/authority.crt', 'between.crt'], []],
    [bare, ['leaf.crt', 'between.crt'], []],
    [bare, [jane.certificate], ['--trust', bundle]],
  ] as const) {
    rmSync(out, { recursive: true });
    const named = files.flatMap((file) => ['--certificate', join(file.startsWith('/') ? '' : directory, file)]);
    const done = attempt(commit, ...named, ...more);
    t.match(done, { status: 0, stdout: /it leads to CN=Elm, whose certificate is not among these/ });
    t.notMatch(done.stdout, 'no root of the host');
    t.doesNotThrow(() => verifies(out, commit, root), 'and the root itself is never put in');
  }
  rmSync(out, { recursive: true });
  t.match(attempt(bare, '--trust', trust), {
    status: 0,
    stdout: /2 certificates of these the commit does not carry: from the host's trust bundle/,
  });
});
