import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lockedPem, publicDer, readKey } from '../../src/records/locked-key.js';
import { needsProgram } from '../trust/support/shared.js';
import { run, temporary } from './support.js';
import { keyOf, SECRET } from './support-locked.js';

t.test('keys in every form that openssl writes', needsProgram('openssl', 'openssl'), (t) => {
  const directory = temporary(t);
  const openssl = (...args: string[]) => run(directory, 'openssl', ...args);
  writeFileSync(join(directory, 'secret'), `${SECRET}\n`);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'sec1-with-parameters');
  openssl('ec', '-in', 'sec1-with-parameters', '-out', 'sec1');
  openssl('ec', '-in', 'sec1', '-aes256', '-passout', 'file:secret', '-out', 'sec1-locked');
  openssl('pkcs8', '-topk8', '-in', 'sec1', '-nocrypt', '-out', 'pkcs8');
  for (const [name, ...options] of [
    ['pbkdf2'],
    ['scrypt', '-scrypt'],
    ['sha512', '-v2prf', 'hmacWithSHA512'],
    ['aes128', '-v2', 'aes-128-cbc'],
  ] as const)
    openssl('pkcs8', '-topk8', '-in', 'sec1', '-out', name, '-passout', 'file:secret', ...options);
  const read = (name: string, passphrase?: string) =>
    readKey(readFileSync(join(directory, name)), name, passphrase === undefined ? undefined : Buffer.from(passphrase));
  const plain = keyOf(join(directory, 'pkcs8'));
  for (const name of ['sec1', 'sec1-with-parameters']) t.ok(read(name)?.equals(plain), name);
  for (const name of ['sec1-locked', 'pbkdf2', 'scrypt', 'sha512', 'aes128']) {
    t.ok(read(name, SECRET)?.equals(plain), name);
    t.equal(read(name, 'wrong'), undefined, name);
  }
  for (let i = 0; i < 5; i += 1) {
    const pem = lockedPem(plain, Buffer.from(SECRET));
    writeFileSync(join(directory, 'ours'), pem);
    t.ok(read('ours', SECRET)?.equals(plain));
    t.equal(read('ours', `wrong ${i}`), undefined);
    openssl('pkey', '-in', 'ours', '-passin', 'file:secret', '-noout');
  }
  // One wrong passphrase in 256 leaves padding that is right, and an error of another kind.
  openssl('pkcs8', '-topk8', '-in', 'sec1', '-out', 'quick', '-passout', 'file:secret', '-iter', '1');
  const opened = Array.from({ length: 1000 }, (_, i) => read('quick', `wrong ${i}`)).filter((key) => key !== undefined);
  t.strictSame(opened, [], 'a wrong passphrase is a wrong passphrase');
  openssl('ec', '-in', 'sec1', '-param_enc', 'explicit', '-out', 'explicit');
  t.strictSame(publicDer(read('explicit') as typeof plain), publicDer(plain), 'its curve spelt out, which no certificate does');
  openssl('genpkey', '-algorithm', 'RSA', '-out', 'rsa');
  t.throws(() => read('rsa'), { code: 'key/kind' });
  writeFileSync(join(directory, 'noise'), 'x');
  t.throws(() => read('noise'), { code: 'key/unreadable', help: [/-inform DER/] });
  t.end();
});
