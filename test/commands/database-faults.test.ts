/** Databases that do not answer: what a person is told of each, and what to do. */
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import t from 'tap';
import { temporary } from '../e2e/support.js';
import { startPostgres, whyNoPostgres } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { pushedRecord } from '../verify/support.js';
import { using } from '../watch/support.js';
import { vpr, vprJson } from './support.js';
import { askedHost } from './support-queries.js';

const people = await makePeople();
const NOTHING_LOST = 'nothing is lost: what it holds is made from the records again';

t.test('a file', async (t) => {
  const { directory, paths, thread, text, json, watched } = await askedHost(t, people);
  const place = paths.database;
  const commands = [
    ['search', 'pressure', '--host', directory],
    ['timeline', RECORD_ID, '--host', directory],
    ['threads', '--host', directory],
    ['thread', 'show', thread, '--host', directory],
    ['projection', 'status', directory],
    ['projection', 'verify', directory],
  ];
  /** Every command that reads says so, and how to mend it, and so does it as JSON. */
  const says = (code: string, message: RegExp, help: RegExp) => {
    for (const command of commands) {
      const { status, value } = vprJson(directory, command);
      t.match({ status, value }, { status: 2, value: { error: { code, message } } }, command.join(' '));
      t.match((value['error'] as { help: string[] }).help.join('\n'), help, command.join(' '));
      t.match(vpr(directory, command), { status: 2, stdout: '', stderr: new RegExp(`^error ${code}: [^\n]+\n(?:  help: .+\n)+$`) });
    }
  };

  says('projections/missing', /^there is no projection at .+\/projections\.db$/, /^vpr watch \S+\nvpr projection build \S+$/);
  writeFileSync(place, '');
  says(
    'projections/tables',
    /are those of another version of vpr/,
    new RegExp(`vpr watch ${directory}, .*brings them up to date; vpr projection build ${directory} `),
  );
  writeFileSync(place, 'This is a text, and longer than the header of a database is.'.repeat(100));
  const damaged = /projections\.db failed: SQLITE_NOTADB: it is no database, or is damaged$/;
  says('projections/database', damaged, new RegExp(`move it away, .+: vpr projection build ${directory}\n${NOTHING_LOST}$`));
  rmSync(place);
  mkdirSync(place);
  says('projections/database', /failed: SQLITE_\w+: it cannot be read or written, or is no file$/, /move it away/);
  rmdirSync(place);

  t.equal(watched().status, 0);
  t.match(text('search', 'x', '--since', '2026-05-01', '--until', '2026-05-01'), {
    status: 2,
    stderr: /^error projections\/time: --until is not later than --since/,
  });
  const unknown = '11111111-0000-4000-8000-000000000000';
  t.match(text('timeline', unknown).stderr, new RegExp(`no record ${unknown}\n  help: ids of records: vpr host list ${directory}\n`));
  t.match(
    json('thread', 'show', thread, '--record', unknown).value['error'],
    {
      message: `the projection has no thread "${thread}" in the record ${unknown}`,
      help: [`ids of threads: vpr threads --host ${directory}`],
    },
    'which is named',
  );
});

t.test("what is to be done can be copied, whatever the host's directory is called", (t) => {
  const place = temporary(t);
  const host = "O'Hara's $HOME";
  const quoted = String.raw`'O'\''Hara'\''s $HOME'`;
  t.match(vpr(place, ['host', 'init', host]), { status: 0 });
  t.match(vpr(place, ['projection', 'build', host, 'x']), { status: 2, stderr: `  help: vpr host list ${quoted}\n` });
  const { value } = vprJson(place, ['threads', '--host', host, '--record', 'x']);
  t.match(value, {
    error: { help: [`ids of records: vpr host list ${quoted}`, `ids of people: vpr thread show THREAD --host ${quoted} --json`] },
  });
  t.end();
});

t.test('a server', { skip: whyNoPostgres() ?? false }, async (t) => {
  const { host } = await pushedRecord(t, people);
  const settings = join(host.directory, 'projections.yaml');
  const server = startPostgres(t);
  const url = server.create('there');
  const says = (database: string, message: RegExp, help: RegExp) => {
    writeFileSync(settings, `version: 1\ndatabase: ${database}\n`);
    for (const command of [
      ['threads', '--host', host.directory],
      ['projection', 'status', host.directory],
      ['watch', host.directory, '--once'],
    ]) {
      const { status, stderr } = vpr(host.directory, command);
      t.match({ status, stderr }, { status: 2, stderr: message }, command.join(' '));
      t.match(stderr, help);
      t.notMatch(stderr, /wrong/, 'a password is not shown');
    }
  };
  says(url.replace('/there', '/elsewhere'), /failed: 3D000: the server has no database of that name\n/, /help: createdb /);
  says('postgres://vpr:wrong@127.0.0.1:1/there', /failed: ECONNREFUSED: no server answers there\n/, /help: is PostgreSQL running\?/);
  says('postgres://vpr@localhost/there?host=/nowhere', /failed: ENOENT: no server answers there\n/, /help: is PostgreSQL running\?/);
  await using(url, async ({ kysely }) => {
    await sql`create role guest login password 'right'`.execute(kysely);
    const { rows } = await sql<{ hba_file: string }>`show hba_file`.execute(kysely);
    writeFileSync(rows[0]?.hba_file ?? '', 'local all vpr trust\nlocal all all scram-sha-256\n');
    await sql`select pg_reload_conf()`.execute(kysely);
  });
  const refused = 'the server does not let this account in, or not with this password, or wants one\n';
  const guest = (password: string) => url.replace('vpr@', `guest${password}@`);
  says(guest(':wrong'), new RegExp(`failed: 28P01: ${refused}`), /help: a password belongs into the file ~\/\.pgpass, /);
  says(guest(''), new RegExp(`failed: SASL: ${refused}`), /help: a password belongs into the file ~\/\.pgpass, /);
  writeFileSync(settings, `version: 1\ndatabase: ${guest(':right')}\n`);
  t.match(vpr(host.directory, ['watch', host.directory, '--once']).stderr, /failed: 42501: this account of the database may not do that\n/);
  server.stop();
  says(url, /failed: ENOENT: no server answers there\n/, /help: is PostgreSQL running\?/);
});
