/** The CI templates: they read as YAML, ask for no more than they need, pin what they run, and their step really verifies. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { parseDocument } from 'yaml';
import { vpr } from '../commands/support.js';
import { gitLine } from '../e2e/support.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { pushedRecord } from '../verify/support.js';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly permissions: unknown;
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: { readonly verify: { readonly steps: readonly Step[]; readonly container?: { readonly image: string } } };
}

interface Pipeline {
  readonly workflow: { readonly rules: readonly { readonly if: string }[] };
  readonly verify: { readonly image: string; readonly script: readonly string[]; readonly artifacts: unknown };
}

/** A template, strictly read: a duplicate key or a warning is a mistake. */
function template<T>(name: string): T {
  const document = parseDocument(readFileSync(`templates/ci/${name}`, 'utf8'), { strict: true, uniqueKeys: true });
  t.same([...document.errors, ...document.warnings], [], name);
  return document.toJS() as T;
}

const github = template<Workflow>('github.yaml');
const gitea = template<Workflow>('gitea.yaml');
const gitlab = template<Pipeline>('gitlab.yaml');
const PINNED_IMAGE = /^node:20\.19\.\d+-[a-z]+$/;

t.test('the page names every template, and the variables that they read', async (t) => {
  const page = readFileSync('docs/ci.md', 'utf8');
  for (const name of readdirSync('templates/ci')) {
    t.ok(page.includes(`templates/ci/${name}`), name);
    for (const [variable] of readFileSync(`templates/ci/${name}`, 'utf8').matchAll(/\bVPR_[A-Z_]+/g))
      t.ok(page.includes(`\`${variable}\``), variable);
  }
});

for (const [name, workflow] of Object.entries({ github, gitea })) {
  t.test(`${name}: few permissions, pinned actions, the whole history`, async (t) => {
    t.same(workflow.permissions, { contents: 'read' });
    t.notOk('pull_request_target' in workflow.on || 'pull_request' in workflow.on, 'nobody outside starts it');
    const { steps, container } = workflow.jobs.verify;
    for (const { uses } of steps) if (uses !== undefined) t.match(uses, /^(?:https:\/\/github\.com\/)?[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    if (container !== undefined) t.match(container.image, PINNED_IMAGE);
    const checkouts = steps.filter(({ uses }) => uses?.includes('actions/checkout'));
    t.equal(checkouts.length, 2);
    for (const step of checkouts) t.equal(step.with?.['persist-credentials'], false);
    t.match(checkouts[1]?.with, { path: 'record', ref: 'refs/heads/main', 'fetch-depth': 0 });
    t.ok(
      steps.every(({ run }) => run === undefined || !run.includes('${{')),
      'expressions reach a shell as variables only',
    );
    t.match(steps.at(-1), { uses: /upload-artifact@/, if: 'always()', with: { path: /verify\.sarif\nverify\.xml\nverify\.md/ } });
  });
}

t.test('gitlab: protected branches, a pinned image, the whole history', async (t) => {
  t.ok(gitlab.workflow.rules.every((rule) => rule.if.includes('$CI_COMMIT_REF_PROTECTED == "true"')));
  t.match(gitlab.verify.image, PINNED_IMAGE);
  const clone = gitlab.verify.script.find((line) => line.startsWith('git clone'));
  t.notMatch(clone, /--depth|--filter|--shallow/);
  t.match(gitlab.verify.artifacts, { when: 'always', paths: ['verify.sarif', 'verify.md'], reports: { junit: 'verify.xml' } });
});

t.test('their step, as it stands, on a real clone', async (t) => {
  const people = await makePeople();
  const { directory, host, tips } = await pushedRecord(t, people, (record) => record.append());
  const place = join(directory, 'checking');
  mkdirSync(join(place, 'node_modules/.bin'), { recursive: true });
  symlinkSync(resolve('bin/vpr.js'), join(place, 'node_modules/.bin/vpr'));
  await gitLine(place, 'clone', '--quiet', `file://${host.repository}`, 'record');
  const exported = vpr(place, ['trust', 'export', host.directory, '--record', RECORD_ID, '--out', 'trust.json']);
  const [, digest = ''] = /^digest: (\S+)$/m.exec(exported.stdout) ?? [];

  const steps = {
    github: github.jobs.verify.steps.find(({ name }) => name === 'verify')?.run,
    gitea: gitea.jobs.verify.steps.find(({ name }) => name === 'verify')?.run,
    gitlab: gitlab.verify.script.find((line) => line.includes('vpr verify')),
  };
  for (const [name, script = ''] of Object.entries(steps)) {
    const run = (change: Record<string, string> = {}) => {
      for (const file of ['verify.sarif', 'verify.xml', 'verify.md']) rmSync(join(place, file), { force: true });
      const values = { RECORD: RECORD_ID, EXPECT: tips[0] ?? '', TRUST_DIGEST: digest, ...change };
      const env = { ...process.env, ...values, ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`VPR_${key}`, value])) };
      // As runners do: the shell ends with the first command that fails.
      return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: place, env, encoding: 'utf8' });
    };
    const good = run();
    t.equal(good.status, 0, name, { stdout: good.stdout, stderr: good.stderr });
    t.ok(
      ['verify.sarif', 'verify.xml', 'verify.md'].every((file) => existsSync(join(place, file))),
      'leaves its reports',
    );
    if (name !== 'gitlab') t.match(good.stdout, /^::notice title=vpr verify::/m);
    t.equal(run({ EXPECT: 'c0ffee'.padEnd(40, '0') }).status, 1, 'an expected commit that is not there');
    t.ok(existsSync(join(place, 'verify.xml')), 'leaves reports of that as well');
    t.equal(run({ RECORD: '11111111-2222-4333-8444-555555555555' }).status, 1, "another record's id");
    for (const missing of ['EXPECT', 'TRUST_DIGEST', 'RECORD']) t.equal(run({ [missing]: '' }).status, 2, `${missing} is not set`);
  }
  await gitLine(join(place, 'record'), 'reset', '--quiet', '--hard', tips[0] ?? '');
  const back = spawnSync('bash', ['-ec', steps.github ?? ''], {
    cwd: place,
    env: { ...process.env, RECORD: RECORD_ID, EXPECT: tips[0], TRUST_DIGEST: digest },
    encoding: 'utf8',
  });
  t.match(back, { status: 1, stdout: /^::error title=verify\/set-back::/m }, 'a history that was set back');

  await gitLine(join(place, 'record'), 'update-ref', 'refs/tags/main', tips.at(-1) ?? '');
  const tagged = spawnSync('bash', ['-ec', steps.github ?? ''], {
    cwd: place,
    env: { ...process.env, RECORD: RECORD_ID, EXPECT: tips[0], TRUST_DIGEST: digest },
    encoding: 'utf8',
  });
  t.match(tagged, { status: 1, stdout: /^::error title=verify\/set-back::/m }, 'also where a tag called main names what it was');
});
