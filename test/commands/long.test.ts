/** A message that is as long as a host takes: what is printed of it. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { makePeople } from '../support/people.js';
import { pushedRecord } from '../verify/support.js';

t.test('a message of very many lines is shown whole, to people and as data', async (t) => {
  const body = `${'Nothing new since then.\n'.repeat(600_000)}The end.`;
  const pushed = await pushedRecord(t, await makePeople(), (record) => record.append({ body }));
  const { directory } = pushed.host;
  const thread = pushed.record.thread.slice('communications/'.length);
  const vpr = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['bin/vpr.js', ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  t.equal(vpr('watch', directory, '--once').status, 0);
  const show = ['thread', 'show', thread, '--host', directory];
  const { status, stdout, stderr } = vpr(...show);
  t.match({ status, stderr }, { status: 0, stderr: '' });
  t.equal(stdout.split('  Nothing new since then.\n').length, 600_001);
  const data = vpr(...show, '--json');
  t.match({ status: data.status, stderr: data.stderr }, { status: 0, stderr: '' });
  t.ok((JSON.parse(data.stdout) as { items: { body: string }[] }).items.some((item) => item.body === body));
});
