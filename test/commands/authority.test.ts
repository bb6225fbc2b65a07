import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run, temporary } from '../records/support.js';
import { needsProgram } from '../trust/support/shared.js';
import { vpr, vprJson } from './support.js';

/** Nobody is asked: neither whoever runs these tests nor a program of theirs. */
const ALONE = { GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '' };

t.test('the way of docs/authority.md, from the first day to another intermediate', needsProgram('openssl', 'openssl'), (t) => {
  const directory = temporary(t);
  for (const [name, secret] of [
    ['root', 'a root in a safe'],
    ['daily', 'a key for each day'],
    ['hers', 'only jane knows'],
  ] as const)
    writeFileSync(join(directory, name), `${secret}\n`);
  const said = (...args: string[]) => vpr(directory, args, '', ALONE);
  const json = (...args: string[]) => vprJson(directory, args);
  const practice = ['--name', 'Elm Street Practice', '--authority', 'GMC', '--authority', 'ELM-PATIENTS'];
  const jane = ['--name', 'Dr Jane Smith', '--authority', 'GMC', '--number', '1234567', '--email', 'jane.smith@example.org'];
  const daily = ['--ca-passphrase-file', 'daily'];

  t.match(said('cert', 'authority', 'ca', ...practice), {
    status: 2,
    stderr: /passphrase\/nobody-to-ask[\s\S]*help: .*: --passphrase-file FILE/,
  });
  t.notOk(existsSync(join(directory, 'ca')));
  t.match(said('cert', 'authority', 'ca', ...practice, '--passphrase-file', 'daily', '--root-passphrase-file', 'root'), {
    status: 0,
    stdout: /made {3}ca\/authority\.key[\s\S]*made {3}ca\/issuing\/authority\.key[\s\S]*then take ca\/authority\.key away/,
  });
  t.match(
    said('cert', 'authority', 'other', ...practice, '--no-passphrase').stdout,
    /\{ name: ELM-PATIENTS, class: CLASS \}\nwhere CLASS is/,
  );
  renameSync(join(directory, 'ca/authority.key'), join(directory, 'stick'));
  for (const used of ['ca', '.', 'daily'])
    t.match(
      said('cert', 'authority', used, ...practice),
      { status: 2, stderr: /cert\/directory-used: / },
      'nobody is asked for a passphrase',
    );

  t.match(said('cert', 'request', ...jane, '--out', 'jane', '--passphrase-file', 'hers'), {
    status: 0,
    stdout:
      /made {3}jane\/dr-jane-smith\.csr {2}\(for the authority\)[\s\S]* --number 1234567 --email jane\.smith@example\.org --participant new --out DIR {2}# at/,
  });
  t.match(json('cert', 'show', 'jane/dr-jane-smith.csr'), { status: 0, value: [{ kind: 'request', key: ['P-256'] }] });
  const issue = ['cert', 'issue', '--ca', 'ca', '--csr', 'jane/dr-jane-smith.csr', ...jane, '--participant', 'new', '--out', 'jane'];
  t.match(said(...issue), {
    status: 2,
    stderr: /passphrase\/nobody-to-ask: the key in ca\/issuing\/authority\.key[\s\S]*help: .*: --ca-passphrase-file FILE/,
  });
  t.match(said(...issue, '--ca-passphrase-file', 'root'), { status: 2, stderr: /passphrase\/wrong/ });
  const issued = json(...issue, ...daily);
  t.match(issued, {
    status: 0,
    value: { certificate: 'jane/dr-jane-smith.crt', key: '', differences: [] },
  });
  const again = said(...issue.slice(0, -1), 'again', ...daily);
  t.match(again, { status: 2, stderr: /cert\/key-known[\s\S]*help: to renew that certificate: vpr cert renew [0-9a-f]{32} --ca ca/ });
  const verify = (name: string) =>
    run(directory, 'openssl', 'verify', '-x509_strict', '-CAfile', 'ca/authority.crt', '-untrusted', name, name);
  t.match(verify('jane/dr-jane-smith.crt'), /OK$/);

  const renewed = json('cert', 'renew', 'jane/dr-jane-smith.crt', '--ca', 'ca', '--same-key', '--out', 'next', ...daily);
  t.match(renewed, { status: 0, value: { participantId: issued.value['participantId'] } });
  t.match(verify('next/dr-jane-smith.crt'), /OK$/);

  t.match(said('cert', 'revoke', 'jane/dr-jane-smith.crt', '--ca', 'ca', '--reason', 'boredom'), { status: 2 });
  t.match(json('cert', 'revoke', 'jane/dr-jane-smith.crt', '--ca', 'ca', '--reason', 'superseded'), {
    status: 0,
    value: { serial: issued.value['serial'] },
  });
  t.match(json('cert', 'crl', '--ca', 'ca', ...daily), { status: 0, value: { file: 'ca/issuing/authority.crl', number: 2, entries: 1 } });
  t.match(json('cert', 'show', 'ca/issuing/authority.crl'), {
    status: 0,
    value: [{ kind: 'crl', number: ['2'], revoked: [/superseded$/] }],
  });
  t.match(said('cert', 'crl', '--ca', 'ca', '--root', '--ca-passphrase-file', 'root'), { status: 2, stderr: /cert\/key-away/ });

  const early = said('cert', 'authority', 'ca-2', '--under', 'ca', '--name', 'Elm Street Practice, issuing 2', '--passphrase-file', 'none');
  t.match(early, { status: 2, stderr: /cert\/key-away/ }, 'before a passphrase is asked for');
  t.match(said('cert', 'crl', '--ca', 'nowhere'), {
    status: 2,
    stderr: /file\/missing: .*\n {2}help: name the directory that vpr cert authority made/,
  });
  t.match(said('cert', 'show', 'ca'), { status: 2, stderr: /file\/unreadable: ca cannot .*EISDIR\n {2}help: it is a directory/ });
  t.match(said('cert', 'request', ...jane, '--out', 'stick/x', '--passphrase-file', 'hers'), {
    status: 2,
    stderr: /unwritable: .*\n {2}help: /,
  });

  renameSync(join(directory, 'stick'), join(directory, 'ca/authority.key'));
  t.match(json('cert', 'crl', '--ca', 'ca', '--root', '--ca-passphrase-file', 'root'), {
    status: 0,
    value: { file: 'ca/authority.crl', number: 2 },
  });
  const under = ['cert', 'authority', 'ca-2', '--under', 'ca', '--name', 'Elm Street Practice, issuing 2', '--authority', 'GMC'];
  t.match(said(...under, '--passphrase-file', 'daily', '--ca-passphrase-file', 'root'), { status: 0 });
  t.match(json('cert', 'issue', '--ca', 'ca-2', ...jane, '--out', 'third', ...daily, '--passphrase-file', 'hers'), { status: 0 });
  t.match(verify('third/dr-jane-smith.crt'), /OK$/);

  t.match(said('cert', 'revoke', 'ca/issuing/authority.crt', '--ca', 'ca', '--reason', 'cACompromise'), {
    status: 0,
    stdout: /next:\n {2}vpr cert crl --ca ca --root\n/,
  });
  t.match(json('cert', 'crl', '--ca', 'ca', '--root', '--ca-passphrase-file', 'root'), { status: 0, value: { entries: 1 } });
  const none = /cert\/revoked: the intermediate in ca\/issuing was revoked on .*\n {2}help: make another.* --under \S*\/ca /;
  const other = ['--name', 'Dr Tom Brown', '--authority', 'GMC', '--number', '765', '--out', 'tom'];
  t.match(said('cert', 'issue', '--ca', 'ca', ...other, ...daily), { status: 2, stderr: none });
  t.match(said('cert', 'renew', 'next/dr-jane-smith.crt', '--ca', 'ca', '--same-key', '--out', 'more', ...daily), {
    status: 2,
    stderr: none,
  });
  t.match(json('cert', 'crl', '--ca', 'ca', ...daily), { status: 0 }, 'its list goes on');
  t.match(json('cert', 'issue', '--ca', 'ca-2', ...other, ...daily), { status: 0 });
  t.match(readFileSync(join(directory, 'third/dr-jane-smith.key'), 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  t.end();
});
