/** An authority that openssl alone has made, and a signing program that is openssl alone: nothing of ours. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = `[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[between]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[person]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = @names
[names]
URI.1 = vpr://GMC/1234567
URI.2 = urn:uuid:4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12
email.1 = jane.smith@example.org
`;

/** Where its files are. */
export interface Outside {
  readonly root: string;
  readonly between: string;
  readonly certificate: string;
  /** SEC 1, as `openssl ecparam -genkey` writes it. */
  readonly key: string;
}

export const JANE = 'Dr Jane Smith';

/** A root (P-384), an intermediate (RSA) and Jane (P-256), made in a directory by openssl. */
export function outsideAuthority(directory: string): Outside {
  mkdirSync(directory, { recursive: true });
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  writeFileSync(join(directory, 'conf'), CONFIG);
  openssl('ecparam', '-name', 'secp384r1', '-genkey', '-out', 'root.key');
  openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'between.key');
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'jane.key');
  const request = (name: string, subject: string) =>
    openssl('req', '-new', '-config', 'conf', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
  const issue = (name: string, by: string, extensions: string) =>
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.crt`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      by === 'root' ? '-sha384' : '-sha256',
      '-days',
      '30',
      '-extfile',
      'conf',
      '-extensions',
      extensions,
      '-out',
      `${name}.crt`,
    );
  openssl(
    'req',
    '-x509',
    '-new',
    '-config',
    'conf',
    '-extensions',
    'root',
    '-key',
    'root.key',
    '-sha384',
    '-days',
    '40',
    '-subj',
    '/O=Some regulator/CN=Outside root',
    '-out',
    'root.crt',
  );
  request('between', '/O=Some regulator/CN=Outside issuing');
  issue('between', 'root', 'between');
  request('jane', `/CN=${JANE}/O=GMC/serialNumber=1234567`);
  issue('jane', 'between', 'person');
  const [certificate, between] = ['jane.crt', 'between.crt'].map((name) => readFileSync(join(directory, name), 'utf8'));
  writeFileSync(join(directory, 'chain.crt'), `${certificate}${between}`);
  chmodSync(join(directory, 'jane.key'), 0o600);
  return {
    root: join(directory, 'root.crt'),
    between: join(directory, 'between.crt'),
    certificate: join(directory, 'chain.crt'),
    key: join(directory, 'jane.key'),
  };
}

/** What git can run as gpg.x509.program: `openssl cms -sign`, with signed attributes. `further` are its options; `after` changes the DER. */
export function opensslSigner(
  directory: string,
  name: string,
  pair: { certificate: string; key: string },
  further = '',
  after = 'cat',
): string {
  const program = join(directory, name);
  writeFileSync(
    program,
    `#!/bin/sh
set -e
[ "$1 $2" = "--status-fd=2 -bsau" ] || exit 2
content=$(mktemp)
trap 'rm -f "$content"' EXIT
cat > "$content"
echo '-----BEGIN SIGNED MESSAGE-----'
openssl cms -sign -binary -md sha256 -in "$content" -signer '${pair.certificate}' -inkey '${pair.key}' ${further} -outform DER | ${after} | openssl base64
echo '-----END SIGNED MESSAGE-----'
echo '[GNUPG:] SIG_CREATED D 1 8 00 0 0' >&2
`,
    { mode: 0o755 },
  );
  return program;
}
