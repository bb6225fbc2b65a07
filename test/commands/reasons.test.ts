/** What is restricted or not to be queried, asked for by commands: shown to who says why, once that is written down. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { push } from '../watch/support.js';
import { vpr } from './support.js';
import { askedHost } from './support-queries.js';

const { pushed, directory, paths, thread: THREAD, text, items, failed, accesses, watched } = await askedHost(t, await makePeople());

t.test('without a projection', async (t) => {
  for (const args of [['search', 'x'], ['timeline', RECORD_ID], ['threads'], ['thread', 'show', THREAD]]) {
    const { status, stdout, stderr } = text(...args);
    t.match({ status, stdout }, { status: 2, stdout: '' }, args.join(' '));
    t.match(stderr, `help: vpr watch ${directory}\n  help: vpr projection build ${directory}`);
    t.equal(failed(...args), 'projections/missing');
  }
  t.notOk(existsSync(paths.database), 'asking makes none');
  t.match(vpr(directory, ['search', 'x', '--host', `${directory}/trust`]), { status: 2, stderr: /error host\/not-a-host/ });
});

t.test('a reason that cannot be written down, or says nothing', async (t) => {
  t.equal(watched().status, 0);
  t.equal(failed('search', 'secret', '--reason', 'r'), undefined);
  const before = readFileSync(paths.access, 'utf8');
  for (const blank of ['', ' \t', '\u00a0\u200b', '…', 'r'.repeat(501)])
    t.equal(failed('search', 'secret', '--reason', blank), 'access/reason', JSON.stringify(blank.slice(0, 9)));
  t.equal(readFileSync(paths.access, 'utf8'), before);
  rmSync(paths.access);
  mkdirSync(paths.access);
  t.teardown(() => {
    rmSync(paths.access, { recursive: true });
    writeFileSync(paths.access, before);
    chmodSync(paths.access, 0o600);
  });
  for (const flags of [[], ['--json']]) {
    const { status, stdout, stderr } = text('search', 'secret', '--reason', 'r', ...flags);
    t.equal(status, 2);
    t.match(`${stdout}${stderr}`, /access\/not-logged/);
    t.notMatch(`${stdout}${stderr}`, /A secret pressure/);
  }
});

t.test('a record that is not to be queried', async (t) => {
  await push(pushed, (record) =>
    record.commit({
      by: 'rob',
      files: { 'COORDINATION_STATUS.yaml': (yaml) => yaml.replace('record_queryable: true', 'record_queryable: false') },
    }),
  );
  t.equal(watched().status, 0);
  t.strictSame([items('search', 'pressure'), items('threads')], [[], []]);
  t.match(text('threads').stdout, /^nothing\n\nnot authoritative: [^\n]*\n$/, 'not even that it is there');
  const asked = [
    ['search', 'pressure', '--record', RECORD_ID],
    ['timeline', RECORD_ID],
    ['threads', '--record', RECORD_ID],
  ];
  for (const args of asked) {
    t.equal(failed(...args), 'projections/not-queryable');
    t.ok(items(...args, '--reason', 'r').length > 0);
    t.match(accesses().at(-1), { command: args[0], reason: 'r', records: [RECORD_ID] });
  }
  t.equal(failed('thread', 'show', THREAD), 'projections/restricted');
  t.equal(items('thread', 'show', THREAD, '--reason', 'r').length, 3);
});
