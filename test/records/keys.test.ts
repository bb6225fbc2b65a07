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
  // What help says is done, with the passphrase that it asks for.
  openssl('pkey', '-in', 'sec1', '-outform', 'DER', '-out', 'der');
  t.throws(() => read('der'), {
    code: 'key/unreadable',
    help: ['of a key in DER make one: openssl pkey -inform DER -in der -aes256 -out new.key'],
  });
  openssl('pkey', '-inform', 'DER', '-in', 'der', '-aes256', '-out', 'from-der', '-passout', 'file:secret');
  t.ok(read('from-der', SECRET)?.equals(plain));
  t.end();
});

t.test("a key in OpenSSH's own form", needsProgram('ssh-keygen', 'openssh-client'), (t) => {
  const directory = temporary(t);
  const path = join(directory, 'mine');
  const keygen = (...args: string[]) => run(directory, 'ssh-keygen', '-q', ...args);
  keygen('-t', 'ecdsa', '-b', '256', '-N', '', '-f', path);
  const help = `of a key in OpenSSH's own form make one: cp ${path} new.key && ssh-keygen -p -m PKCS8 -f new.key`;
  t.throws(() => readKey(readFileSync(path), path), { code: 'key/unreadable', help: [help] });
  run(directory, 'cp', path, 'new.key');
  keygen('-p', '-m', 'PKCS8', '-f', 'new.key', '-N', SECRET);
  t.equal(readKey(readFileSync(join(directory, 'new.key')), 'new.key', Buffer.from(SECRET))?.type, 'private');
  t.end();
});
