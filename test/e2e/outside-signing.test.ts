import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { setUp } from '../../src/records/setup.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { vpr } from '../commands/support.js';
import { run, temporary } from '../records/support.js';
import { needsOracles } from '../support/agreement.js';
import { JANE, type Outside, opensslSigner, outsideAuthority } from '../support/outside.js';
import { beginByHand, change, edit, guarded, push, stock, underRoot } from './support-by-hand.js';

const oracles = { ...needsOracles(), timeout: 240_000 };

t.test('an authority that openssl alone has made: listed in vpr.yaml, its people write and push', oracles, async (t) => {
  const directory = temporary(t);
  const outside = outsideAuthority(join(directory, 'outside'));
  const { clone, trust, agree, id } = guarded(t, underRoot(), { 'root.crt': outside.root }, directory);
  const { certificate, key } = outside;
  const done = await setUp({ directory: clone, certificate, key, careLocation: 'Elsewhere', trust, rules: KNOWN_RULES });
  t.strictSame(done.warnings, []);
  beginByHand(clone, id);
  agree(clone);
  t.equal(change(clone), '');
  agree(clone);
  t.equal(run(clone, 'git', 'log', '-1', '--format=%G? %GS'), 'G Dr Jane Smith');
  const { warnings } = await setUp({ directory: clone, encoding: 'container', rules: KNOWN_RULES });
  t.match(warnings, [/the host, as trust\.json has it, would refuse what this certificate signs: .*leads to no root/]);
  t.match(change(clone), /commit\/signer|leads to no root/, 'a container has no place for the intermediate, and this host has none');
  t.match(vpr(directory, ['cert', 'show', certificate]), { status: 0, stdout: /CN=Outside issuing/ });
});

t.test('stock git, signing with attributes by openssl: accepted as it is', oracles, (t) => {
  const directory = temporary(t);
  const outside: Outside = outsideAuthority(join(directory, 'outside'));
  const policy = underRoot('intermediates: [trust/between.crt]\n');
  const { clone, id, agree } = guarded(t, policy, { 'root.crt': outside.root, 'between.crt': outside.between }, directory);
  const leaf = { ...outside, certificate: join(directory, 'outside/jane.crt') };
  stock(clone, opensslSigner(directory, 'sign', leaf), leaf.certificate);
  beginByHand(clone, id);
  agree(clone);
  for (const [name, options] of [
    ['between', `-certfile '${outside.between}'`],
    ['cades', '-cades'],
    ['bare', '-nosmimecap'],
  ] as const) {
    run(clone, 'git', 'config', 'gpg.x509.program', opensslSigner(directory, name, leaf, options));
    t.equal(change(clone), '', name);
    agree(clone);
  }
  run(clone, 'git', 'commit', '--amend', '--no-edit', '--quiet');
  agree(clone);
  t.end();
});

t.test('stock git, signing by a program of its own: vpr setup without a certificate has the trailers filled in', oracles, async (t) => {
  const directory = temporary(t);
  const outside: Outside = outsideAuthority(join(directory, 'outside'));
  const policy = underRoot('intermediates: [trust/between.crt]\n');
  const { clone, id, trust } = guarded(t, policy, { 'root.crt': outside.root, 'between.crt': outside.between }, directory);
  const leaf = { ...outside, certificate: join(directory, 'outside/jane.crt') };
  stock(clone, opensslSigner(directory, 'sign', leaf), leaf.certificate);
  beginByHand(clone, id);
  const words = await setUp({ directory: clone, trust, rules: KNOWN_RULES });
  t.match(words.warnings, [/Author-Role is not known/, /Care-Location is not known/], 'what is lacking, and not that commits are unsigned');
  const done = await setUp({ directory: clone, role: 'Clinician', careLocation: 'Elsewhere', rules: KNOWN_RULES });
  t.strictSame(done.warnings, []);
  edit(clone);
  t.equal(spawnSync('git', ['commit', '--quiet', '-am', 'coordination:update: x'], { cwd: clone, encoding: 'utf8' }).stderr, '');
  t.equal(push(clone), '');
  const trailers = 'Author-Name: Dr Jane Smith\nAuthor-Role: Clinician\nCare-Location: Elsewhere';
  t.equal(run(clone, 'git', 'log', '-1', '--format=%B', 'origin/main'), `coordination:update: x\n\n${trailers}`);
  run(clone, 'git', 'config', '--unset', 'gpg.x509.program');
  t.strictSame((await setUp({ directory: clone, rules: KNOWN_RULES })).warnings, [], 'git knows gpgsm without being told');
  run(clone, 'git', 'config', 'commit.gpgSign', 'false');
  const { warnings } = await setUp({ directory: clone, rules: KNOWN_RULES });
  t.match(warnings, [/commits will not be signed/]);
});

t.test("gpgsm's shape: indefinite lengths, NULL parameters, a trusted self-signed signer left out", oracles, (t) => {
  const directory = temporary(t);
  const made = vpr(directory, [
    ...['create-certificate', JANE, 'GMC', '1234567', '--email', 'jane.smith@example.org', '--participant', 'new'],
    ...['--cert-out', 'self.crt', '--key-out', 'self.key'],
  ]);
  t.match(made, { status: 0 });
  const policy = 'certificates:\n  - file: trust/self.crt\n    authorities:\n      - { name: GMC, class: clinician }\n';
  const { clone, id, agree } = guarded(t, policy, { 'self.crt': join(directory, 'self.crt') }, directory);
  const signedData = pathToFileURL(resolve('dist/src/trust/signature/signed-data.js')).href;
  const script = join(directory, 'reshape.mjs');
  writeFileSync(
    script,
    `import { readFileSync, writeSync } from 'node:fs';
const { readSignedData, writeSignedData } = await import(${JSON.stringify(signedData)});
const data = readSignedData(readFileSync(0));
const form = Object.fromEntries(Object.keys(data.form).map((choice) => [choice, true]));
writeSync(1, writeSignedData({ ...data, form, certificates: process.argv[2] === 'bare' ? [] : data.certificates }));
`,
  );
  const pair = { certificate: join(directory, 'self.crt'), key: join(directory, 'self.key') };
  const reshaped = (how: string) => opensslSigner(directory, `sign-${how}`, pair, '', `'${process.execPath}' '${script}' ${how}`);
  stock(clone, reshaped('bare'), pair.certificate);
  beginByHand(clone, id);
  const bytes = run(clone, 'git', 'cat-file', 'commit', 'HEAD');
  t.match(bytes, /gpgsig -----BEGIN SIGNED MESSAGE-----\n MIAG/, 'a SEQUENCE of indefinite length');
  agree(clone);
  run(clone, 'git', 'config', 'gpg.x509.program', reshaped('full'));
  t.equal(change(clone), '');
  agree(clone);
  t.end();
});
