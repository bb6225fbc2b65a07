/** Guarded hosts with records that were really pushed, and `vpr verify` asked of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../src/cli/verify-output.js';
import { runVerify, type VerifyInput } from '../../src/cli/verify-run.js';
import type { ObjectId } from '../../src/format/push.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { KNOWN_RULES } from '../../src/validators/rules.js';
import { gitEnvironment, makeClient, makeHost, type Teardown, type TestHost, temporary, writeObjects } from '../e2e/support.js';
import { pushFrom } from '../e2e/support-scenario.js';
import type { People } from '../support/people.js';
import { type Scenario, scenario } from '../support/scenario.js';
import { githubFaults, sarifFaults } from './support-reports.js';

export interface PushedRecord {
  readonly directory: string;
  readonly host: TestHost;
  /** A bare repository that it was pushed from. */
  readonly client: string;
  readonly trust: string;
  /** Main after each of the pushes. */
  readonly tips: readonly ObjectId[];
  readonly record: Scenario;
}

/** A record pushed through the installed hook: its root and first thread, then each of the further pushes. */
export async function pushedRecord(
  t: Teardown,
  people: People,
  ...pushes: readonly ((record: Scenario) => unknown)[]
): Promise<PushedRecord> {
  const directory = temporary(t);
  quiet(directory);
  const host = makeHost(join(directory, 'host'), people);
  const client = makeClient(join(directory, 'client'));
  writeFileSync(
    join(client, 'config'),
    `${'[core]\n\trepositoryformatversion = 0\n\tbare = true\n'}[remote "origin"]\n\turl = ${host.repository}\n`,
  );
  // Later than the certificates begin: without a journal a commit counts from its own date.
  const record = scenario(people, undefined, 60, 120);
  const tips: ObjectId[] = [];
  const push = async () => {
    const { objects, updates } = record.made();
    const id = updates[0]?.new ?? '';
    writeObjects(client, objects);
    const { status, stderr } = await pushFrom(client, [{ old: '', new: id, ref: 'refs/heads/main' }]);
    if (status !== 0) throw new Error(stderr);
    tips.push(id);
  };
  await push();
  for (const more of pushes) {
    more(record);
    await push();
    record.taken();
  }
  writeFileSync(join(client, 'refs/heads/main'), `${tips.at(-1)}\n`);
  return { directory, host, client, trust: trustOf(directory, host), tips, record };
}

/** Writes the host's trust bundle beside it. */
export function trustOf(directory: string, host: TestHost, baselines = {}): string {
  const path = join(directory, 'trust.json');
  writeFileSync(path, renderBundle(exportBundle(host.directory, KNOWN_RULES, baselines)));
  return path;
}

/** Nobody's configuration, and caches of this test's own. */
export function quiet(directory: string): void {
  mkdirSync(join(directory, 'cache'), { recursive: true });
  Object.assign(process.env, {
    ...gitEnvironment(),
    HOME: directory,
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_STATE_HOME: join(directory, 'state'),
  });
}

/** `vpr verify`, in this process. Without a cache unless asked. Throws where a report is not as its format is published. */
export async function verify(input: Partial<VerifyInput>) {
  const { report, printed } = await runVerify({ range: undefined, cache: false, format: 'text', quiet: false, ...input });
  const faults = [...sarifFaults(JSON.parse(render('sarif', report, false))), ...githubFaults(render('github', report, false))];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const [first] = report.records;
  return { report, text: printed.join('\n'), good: report.good, record: first, gaps: (first?.gaps ?? []).map(({ code }) => code) };
}

/** The rules whose problems a look has found. */
export function rulesIn({ record }: Awaited<ReturnType<typeof verify>>): string[] {
  return [...new Set((record?.history?.verdict.problems ?? []).map(({ rule }) => rule))].sort();
}
