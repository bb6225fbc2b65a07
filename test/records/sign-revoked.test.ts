/** Signing with a certificate that was revoked, as far as the clone knows. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAuthority } from '../../src/records/authority.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { findIssued } from '../../src/records/find-issued.js';
import { beginCoordination } from '../../src/records/init-coordination.js';
import { setUp } from '../../src/records/setup.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { openWriter } from '../../src/records/writer.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { makeWorld, run } from './support.js';

function commit(clone: string) {
  return spawnSync('git', ['commit', '--quiet', '--allow-empty', '-m', 'x'], { cwd: clone, encoding: 'utf8' });
}

/** What the signing program itself says: git 2.39 keeps it to itself. */
function signing(clone: string) {
  const [program, key] = ['gpg.x509.program', 'user.signingkey'].map((name) => run(clone, 'git', 'config', name));
  const ident = 'Dr Jane Smith <jane.smith@example.org> 1700000000 +0000';
  const input = `tree ${run(clone, 'git', 'write-tree')}\nauthor ${ident}\ncommitter ${ident}\n\nx\n`;
  return spawnSync(program ?? '', ['--status-fd=2', '-bsau', key ?? ''], { cwd: clone, input, encoding: 'utf8' });
}

t.test("a certificate that the clone's trust bundle has as revoked signs nothing", async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  const [host, ca] = [join(world.directory, 'host'), join(world.directory, 'ca')];
  const publish = async () => {
    await writeCrl(openAuthority(ca), 30);
    writeFileSync(world.trust, renderBundle(exportBundle(host, KNOWN_RULES)));
    await setUp({ directory: clone, trust: world.trust, rules: KNOWN_RULES });
  };
  appendFileSync(join(host, 'vpr.yaml'), 'crls: [../ca/authority.crl]\nrevocation: warn\n');
  await publish();
  t.equal(commit(clone).status, 0, 'a list that does not name it is in no way');
  revoke({ ...findIssued(ca, world.people.jane.certificate), reason: 'superseded' }, new Date());
  await publish();
  t.equal(commit(clone).status, 128);
  t.match(signing(clone), { status: 1, stderr: /vpr-sign: .*revoked[\s\S]*help: get a new certificate[\s\S]*vpr setup --trust FILE/ });
  t.throws(() => beginCoordination(openWriter(clone), {}), {
    code: 'commit/not-signed',
    message: /revoked/,
    help: [/new certificate/, /--trust/],
  });
});
