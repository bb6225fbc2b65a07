import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeWorld, RECORD, run, temporary } from '../records/support.js';
import { vpr, vprJson } from './support.js';

t.test('from an authority to an accepted push, by commands alone', async (t) => {
  const directory = temporary(t);
  t.match(vpr(directory, ['cert', 'authority', 'ca', '--name', 'Root', '--authority', 'GMC', '--no-passphrase']), {
    status: 0,
    stdout: /- \{ name: GMC, class: CLASS \}\nwhere CLASS is [\s\S]*\n\nnext:\n {2}vpr cert issue --ca ca --name NAME --authority GMC/,
  });
  const issued = vprJson(directory, [
    'cert',
    'issue',
    '--ca',
    'ca',
    '--name',
    'Dr Jane Smith',
    '--authority',
    'GMC',
    '--number',
    '1234567',
    '--registration',
    'NMC 1',
    '--participant',
    'new',
    '--out',
    '.',
  ]);
  t.match(issued, { status: 2, value: { error: { code: 'cert/foreign-authority' } } }, 'the authority was made for GMC alone');
  const jane = vprJson(directory, [
    'cert',
    'issue',
    '--ca',
    'ca',
    '--name',
    'Dr Jane Smith',
    '--authority',
    'GMC',
    '--number',
    '1234567',
    '--email',
    'jane@example.org',
    '--participant',
    'new',
    '--out',
    '.',
  ]);
  t.match(jane, {
    status: 0,
    value: { certificate: 'dr-jane-smith.crt', key: 'dr-jane-smith.key', registrations: ['GMC 1234567'], participantId: /^[0-9a-f-]{36}$/ },
  });

  writeFileSync(
    join(directory, 'vpr.yaml'),
    'version: 1\nroots:\n  - file: ca/authority.crt\n    authorities: [{ name: GMC, class: clinician }]\n'
      .replace('[{', '\n      - {')
      .replace('}]', '}'),
  );
  t.match(vpr(directory, ['trust', 'export', '.', '--out', 'trust.json']), {
    status: 0,
    stdout:
      /wrote trust\.json: the policy, 1 file that it names, and how far 0 records had come\ndigest: [0-9a-f]{64}\n\nnext:\n {2}vpr setup --trust trust\.json/,
  });

  const signing = [
    '--certificate',
    'dr-jane-smith.crt',
    '--key',
    'dr-jane-smith.key',
    '--care-location',
    'Oxford',
    '--trust',
    'trust.json',
  ];
  const begun = vpr(directory, ['init', 'coordination', 'record', '--id', RECORD, ...signing]);
  t.match(begun, { status: 0, stdout: new RegExp(`set {4}vpr\\.role = Clinician\n[\\s\\S]*began {2}coordination record ${RECORD}`) });
  const record = join(directory, 'record');
  t.match(vpr(directory, ['init', 'coordination', 'record', ...signing]), { status: 2, stderr: /error record\/begun: / });

  const created = vprJson(
    record,
    ['thread', 'create', '--participant', '0a9b8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a:patient:John Doe', '--no-allow-external', '--file', '-'],
    'First.\n',
  );
  t.match(created, { status: 0, value: { thread: /^\d{8}T\d{6}\.\d{3}Z-/, message: /^[0-9a-f-]{36}$/, commit: /^[0-9a-f]{40}$/ } });
  const thread = String(created.value['thread']);
  t.match(vpr(record, ['thread', 'add', thread.slice(21, 29)], 'From standard input.\n'), {
    status: 0,
    stdout: /added message [\s\S]*next:\n {2}vpr check\n {2}git push\n/,
  });
  t.match(vpr(record, ['ledger', 'set', thread, '--status', 'closed', '--sensitivity', 'confidential']), {
    status: 0,
    stdout: /changed the ledger of thread/,
  });
  t.match(vpr(record, ['status', 'set', '--no-open']), { status: 0, stdout: /record_open: false/ });

  const shown = vpr(record, ['thread', 'show', thread]);
  t.match(shown, { status: 0, stdout: / closed, confidential\n {2}clinician +Dr Jane Smith\n {2}patient +John Doe\n/ });
  t.match(
    shown.stdout,
    /Dr Jane Smith \(clinician\) {2}[0-9a-f-]{36}\n\n {2}From standard input\.\n[\s\S]*\(system\)[\s\S]*The thread was closed\.\n$/,
  );
  t.match(vprJson(record, ['thread', 'list', '--status', 'closed']), { status: 0, value: { threads: [{ id: thread, status: 'closed' }] } });

  const check = vpr(record, ['check']);
  t.match(check, {
    status: 0,
    stdout:
      /^5 commits judged: nothing that the host refuses\n\nnot checked: whether certificates were revoked: [^\n]*\nnot checked: whether this is the record that the host registered/,
  });
  t.match(vpr(record, ['verify']), {
    status: 0,
    stdout: /^5 commits verified: every rule holds\n\nnot checked: when commits were received: [\s\S]*\nsigned: 5 commits by GMC 1234567 /,
  });
  t.match(vpr(record, ['verify', 'main~1..main']), { status: 0, stdout: /^1 commit verified/ });
});

t.test('a thread opens without a message; its text may also come from a file', async (t) => {
  const world = await makeWorld(t);
  const clone = await world.clone('jane', 'jane');
  t.match(vpr(clone, ['init', 'coordination', '.']), { status: 0 });
  const { value } = vprJson(clone, ['thread', 'create', '--in', clone]);
  t.match(value, { thread: /./, message: undefined });
  writeFileSync(join(clone, '../note.md'), 'Line one.\r\n\r\nLine two.\r\n');
  t.match(vpr(world.directory, ['thread', 'add', String(value['thread']), '-C', clone, '--file', 'note.md']), { status: 0 });
  t.match(vprJson(clone, ['thread', 'show', String(value['thread'])]), { value: { messages: [{ body: 'Line one.\n\nLine two.' }] } });
  writeFileSync(join(clone, '../latin1.md'), Buffer.from([0x65, 0xe9, 0x0a]));
  t.match(vpr(world.directory, ['thread', 'add', 'x', '-C', clone, '--file', 'latin1.md']), { status: 2, stderr: /message\/encoding/ });
  t.match(vpr(clone, ['thread', 'add', String(value['thread'])], '  \n'), { status: 2, stderr: /message\/unfit: the body is blank/ });
  t.match(vpr(clone, ['thread', 'add', String(value['thread']), '-m', 'a\u001b[2J']), { status: 2, stderr: /U\+001B/ });
  t.equal(run(clone, 'git', 'rev-list', '--count', 'HEAD'), '3');

  const thread = String(value['thread']);
  writeFileSync(join(clone, '../bom.md'), '\ufeffFrom an editor.\n');
  const copied = ` ${thread.slice(21, 30).toUpperCase()} `;
  t.match(vpr(world.directory, ['thread', 'add', copied, '-C', clone, '--file', 'bom.md']), { status: 0 }, 'an id as it was copied');
  t.match(vprJson(clone, ['thread', 'show', thread]), { value: { messages: [{}, { body: 'From an editor.' }] } });
  t.match(vpr(clone, ['thread', 'show', 'NOTHING']), { stderr: /there is no thread "NOTHING"/ });
  t.match(vpr(clone, ['status', 'set']), { status: 2, stderr: /status\/nothing[\s\S]*help: say what: --lifecycle/ });
  t.match(vpr(clone, ['ledger', 'set', thread, '-m', 'x']), { status: 2, stderr: /ledger\/nothing[\s\S]*help: say what: --status/ });
  t.match(vpr(clone, ['thread', 'create', '--as', 'patient', '-m', 'x']), {
    status: 2,
    stderr: /participant\/role: your certificate writes in the role clinician or careteam, not patient\n {2}help: --as clinician\n/,
  });

  const other = join(world.directory, 'tree');
  run(clone, 'git', 'worktree', 'add', '--quiet', '-b', 'aside', other);
  t.match(vpr(other, ['check']), {
    status: 2,
    stderr: /clone\/branch[\s\S]*help: main is checked out in another working tree: cd \S+\/jane\n/,
  });
});
