import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import t from 'tap';
import { RULES } from '../../src/validators/index.js';
import { temporary } from '../records/support.js';
import { vpr, vprJson } from './support.js';

t.test('every command has a summary, an example, --json, and a file of its own', async (t) => {
  const config = await Config.load({ root: process.cwd() });
  const ids = config.commands.map(({ id }) => id.replaceAll(':', '/')).sort();
  const files = readdirSync('src/commands', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  t.strictSame(ids, files.map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, '')).sort());
  for (const { id, summary, examples, enableJsonFlag, flags, args } of config.commands) {
    t.ok(summary?.endsWith('.'), `${id} has a summary`);
    t.ok((examples ?? []).length > 0, `${id} has an example`);
    t.equal(enableJsonFlag, true, `${id} has --json`);
    for (const [name, { description }] of Object.entries({ ...flags, ...args }))
      t.ok((description ?? '') !== '', `${id}: ${name} is described`);
  }
});

t.test('what messages, rules and pages say to type has commands and flags that exist', async (t) => {
  const config = await Config.load({ root: process.cwd() });
  const known = new Map(config.commands.map(({ id, flags }) => [id.replaceAll(':', ' '), flags]));
  const sources = ['src', 'hooks', 'docs', 'templates'].flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: 'utf8', withFileTypes: true }).flatMap((file) =>
      file.isFile() ? join(file.parentPath, file.name) : [],
    ),
  );
  let flagsSeen = 0;
  for (const source of ['README.md', ...sources]) {
    for (const [typed, first = '', second = ''] of readFileSync(source, 'utf8').matchAll(/\bvpr ([a-z]+)(?: ([a-z]+))?[^'`\n,;&]*/g)) {
      const flags = known.get(`${first} ${second}`) ?? known.get(first);
      for (const [, flag = ''] of flags === undefined ? [] : typed.matchAll(/ --([a-z-]+)/g)) {
        flagsSeen += 1;
        const negated = flag.startsWith('no-') ? flags?.[flag.slice(3)] : undefined;
        const exists =
          flag === 'help' || flag === 'json' || flags?.[flag] !== undefined || (negated as { allowNo?: boolean } | undefined)?.allowNo;
        if (!exists) t.fail(`${source}: ${typed}: there is no --${flag}`);
      }
    }
  }
  t.ok(flagsSeen > 50, `${flagsSeen} flags seen`);
});

t.test('help is shown, a typing mistake is exit code 2', (t) => {
  const directory = temporary(t);
  t.match(vpr(directory, ['thread', 'add', '--help']), { status: 0, stdout: /EXAMPLES\n {2}\$ vpr thread add 550e8400 --message/ });
  t.match(vpr(directory, ['thread', 'add', '--bogus']), { status: 2 });
  t.match(vpr(directory, ['nothing']), { status: 2 });
  t.match(vpr(directory, ['thread', 'list']), { status: 2, stderr: /^error clone\/none: .*\n {2}help: go to the clone first/ });
  t.match(vprJson(directory, ['thread', 'list']), { status: 2, value: { error: { code: 'clone/none', help: [/./, /git clone/] } } });
  t.end();
});

t.test('explain prints what the rules themselves say', (t) => {
  const directory = join(temporary(t));
  const rule = RULES.find(({ id }) => id === 'thread/append-only');
  t.match(vpr(directory, ['explain', 'thread/append-only']), { status: 0, stdout: `  ${rule?.statement}.\n  ${rule?.why}\n` });
  t.equal(vpr(directory, ['explain']).stdout.trim().split('\n').length, RULES.length);
  t.match(
    vprJson(directory, ['explain']).value['rules'],
    RULES.map(({ id }) => ({ id })),
  );
  t.match(vpr(directory, ['explain', 'append-only']), {
    status: 2,
    stderr: /there is no rule append-only\n {2}help: vpr explain thread\/append-only/,
  });
  t.end();
});
