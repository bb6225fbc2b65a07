/** A host with a resident validator, what is pushed to it, and who has judged. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { ObjectId } from '../../src/format/push.js';
import { readLauncher, renderLauncher } from '../../src/hosts/launcher.js';
import { hostPaths } from '../../src/hosts/paths.js';
import { git, makeClient, makeHost, type Ran, setRef, type TestHost, temporary, writeObjects } from '../e2e/support.js';
import { scenario } from '../support/scenario.js';
import { people } from './trial.js';

const MAIN = 'refs/heads/main';

export interface ResidentTrial {
  readonly host: TestHost;
  readonly client: string;
  /** Good commits, each on the one before; the first has been pushed, and the resident validator is there. */
  readonly tips: readonly ObjectId[];
  /** A commit on the first tip that every host refuses. */
  readonly bad: ObjectId;
  push(tip: ObjectId): Promise<Ran>;
  /** How many pushes hooks have judged by themselves. */
  alone(): number;
  /** Process ids of resident validators of this host. */
  residents(): number[];
}

/** A host with a record, to which one push has been made; its resident validator ends with the host's directory. */
export async function residentTrial(test: Test, { count = 6, policy = '', perl = true } = {}): Promise<ResidentTrial> {
  const directory = realpathSync(temporary(test));
  const record = scenario(people);
  const first = record.append().made();
  const base = first.updates[0]?.old ?? '';
  const tips = [first.updates[0]?.new ?? ''];
  record.taken();
  const bad = record.append({ by: 'tom', author: 'jane' }).made();
  record.again();
  while (tips.length < count) tips.push(record.append().made().updates[0]?.new ?? '');
  const made = record.made();

  const host = makeHost(join(directory, 'host'), people, { residentMinutes: 5, policy });
  watchLoading(host);
  if (!perl) withoutPerl(host);
  writeObjects(
    host.repository,
    [...first.objects].filter(([id]) => first.former.has(id)),
  );
  setRef(host.repository, MAIN, base);
  const client = makeClient(join(directory, 'client'));
  writeObjects(client, [...bad.objects, ...made.objects]);
  await git(client, 'remote', 'add', 'origin', host.repository);
  const trial: ResidentTrial = {
    host,
    client,
    tips,
    bad: bad.updates[0]?.new ?? '',
    push: (tip) => git(client, 'push', 'origin', `+${tip}:${MAIN}`),
    alone: () => loadings(host).filter((how) => how !== 'resident').length,
    residents: () => residentsOf(host),
  };
  const { status, stderr } = await trial.push(tips[0] ?? '');
  test.equal(status, 0, stderr);
  test.equal(trial.alone(), 1, 'the first push is judged by its own process');
  test.ok(await until(() => placeOf(host) !== undefined), 'and leaves a resident validator');
  return trial;
}

/** The socket of the resident validator; undefined where there is none. */
export function placeOf({ directory }: TestHost): string | undefined {
  const { run } = hostPaths(directory);
  const name = existsSync(run) ? readdirSync(run).find((found) => /^[0-9].*\.sock$/.test(found)) : undefined;
  return name === undefined ? undefined : join(run, name);
}

/** Which socket a resident validator listens at; another one whenever one was started. */
export function socketOf(host: TestHost): string | undefined {
  const place = placeOf(host);
  const stats = place === undefined ? undefined : statSync(place, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.ino} ${stats.ctimeNs}`;
}

/** Waits until something is so; false where it never was. */
export async function until(so: () => boolean, seconds = 20): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(10)) if (so()) return true;
  return false;
}

/** The one resident validator there is. Throws where there are none, or more: a pid that isn't one must not be killed. */
export function onlyResident({ residents }: ResidentTrial): number {
  const [pid, ...others] = residents();
  if (pid === undefined || others.length > 0) throw new Error(`${others.length + (pid === undefined ? 0 : 1)} resident validators`);
  return pid;
}

export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Lets hooks ask in Node, as they do where there is no Perl; or in what stands at another path. */
export function withoutPerl({ repository }: TestHost, perl = ''): void {
  const hook = join(repository, 'hooks/pre-receive');
  const values = readLauncher(readFileSync(hook, 'utf8'));
  if (values === undefined) throw new Error('the hook is not the launcher');
  writeFileSync(hook, renderLauncher({ ...values, perl }));
}

/** Lets the host's program say whenever it is loaded, and what for. */
function watchLoading(host: TestHost): void {
  const loader = join(hostPaths(host.directory).hooks, 'compiled.cjs');
  const said = JSON.stringify(noteOf(host));
  writeFileSync(
    loader,
    `${readFileSync(loader, 'utf8')}\nrequire('node:fs').appendFileSync(${said}, (process.argv[3] ?? 'alone') + '\\n');\n`,
  );
}

function loadings(host: TestHost): string[] {
  return existsSync(noteOf(host)) ? readFileSync(noteOf(host), 'utf8').trim().split('\n') : [];
}

function noteOf({ directory }: TestHost): string {
  return join(directory, 'loaded');
}

function residentsOf({ directory }: TestHost): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const ours = lines.filter((line) => line.endsWith(`start.cjs ${directory} resident`) && !line.includes('vpr-resident'));
  return ours.map((line) => Number.parseInt(line, 10));
}
