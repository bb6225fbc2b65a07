/** What is heard of a spool, and that nothing of it keeps a process that has stopped listening. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { listenTo } from '../../src/watch/listen.js';
import { temporaryDirectory } from '../git/plumbing.js';
import { listeningLog, until } from './support.js';

/** Listens to a directory so often, hears of itself and of each of six files, and stops somewhere between the notices that its files are gone. */
const ROUNDS = 100;
const program = (directory: string): string => `
import { mkdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const { listenTo } = await import(${JSON.stringify(new URL('../../src/watch/listen.js', import.meta.url))});
const say = (event) => process.stdout.write(event);
const log = { info: say, warn: say, error: say };
for (let round = 0; round < ${ROUNDS}; round += 1) {
  const spool = ${JSON.stringify(directory)} + '/' + round;
  mkdirSync(spool);
  let heard = 0;
  const stop = listenTo(spool, () => { heard += 1; }, log);
  for (let count = 1; count <= 7; count += 1) {
    while (heard < count) await sleep(1);
    if (count < 7) writeFileSync(spool + '/' + 'abcdef'[count - 1], 'x');
  }
  const gone = new Promise((resolve) => {
    let notices = 0;
    const own = watch(spool, () => {
      notices += 1;
      if (notices > round % 6) resolve(own.close());
    });
  });
  for (const name of 'abcdef') rmSync(spool + '/' + name);
  await gone;
  await stop();
  await sleep(20);
}
say('all has ended');
`;

t.test('of what listened to a spool that was emptied meanwhile nothing keeps the process', (t) => {
  const { stdout, stderr, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program(temporaryDirectory(t))], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  t.same([stdout, stderr, signal], ['all has ended', '', null]);
  t.end();
});

t.test('a spool that was made anew is heard of at once', async (t) => {
  const spool = join(temporaryDirectory(t), 'spool');
  mkdirSync(spool);
  let heard = 0;
  const hear = () => {
    heard += 1;
  };
  const { log, said } = listeningLog();
  t.teardown(listenTo(spool, hear, log));
  await until(() => heard > 0);
  for (const replace of [() => rmSync(spool, { recursive: true }), () => renameSync(spool, `${spool}.away`)]) {
    replace();
    mkdirSync(spool);
    await sleep(2500); // by now it was read without being told to, and will be again in more than a second
    heard = 0;
    writeFileSync(join(spool, 'one.json'), 'x');
    await sleep(500);
    t.ok(heard > 0);
  }
  t.strictSame(said, []);
});
