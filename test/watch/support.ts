/** Hosts that are watched: in this process, and by `vpr watch` itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { ObjectId } from '../../src/format/push.js';
import { policyMemory } from '../../src/hooks/receive-policy.js';
import { type HostPaths, hostPaths } from '../../src/hosts/paths.js';
import type { Database } from '../../src/projections/database.js';
import { digestOf } from '../../src/projections/digest.js';
import { openDatabase } from '../../src/projections/open.js';
import { checkRecord } from '../../src/watch/check.js';
import type { Log } from '../../src/watch/log.js';
import { projectOne } from '../../src/watch/project.js';
import { stateOf } from '../../src/watch/state.js';
import { type WatchOptions, watchHost, watchOnce } from '../../src/watch/watch.js';
import { setRef, type Teardown, type TestHost, writeObjects } from '../e2e/support.js';
import { pushFrom } from '../e2e/support-scenario.js';
import type { Scenario } from '../support/scenario.js';
import type { PushedRecord } from '../verify/support.js';

/** Far longer than anything takes, in milliseconds: what never comes fails a test, and nothing else. */
const PATIENCE = 120_000;

/** What a watcher said. */
export interface Said {
  readonly level: string;
  readonly event: string;
  readonly what: Readonly<Record<string, string | number>>;
}

export function listeningLog(): { readonly log: Log; readonly said: Said[]; heard(event: string): Said[] } {
  const said: Said[] = [];
  const at =
    (level: string) =>
    (event: string, what: Readonly<Record<string, string | number>> = {}): void =>
      void said.push({ level, event, what });
  return {
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    said,
    heard: (event) => said.filter((one) => one.event === event),
  };
}

export function hostOf(directory: string) {
  const paths: HostPaths = hostPaths(directory);
  return { paths, policy: policyMemory(paths.policy) };
}

/** Projects once what is due, and says what was said. */
export async function once({ directory }: TestHost, database: string): Promise<readonly Said[]> {
  const { log, said } = listeningLog();
  await watchOnce({ ...hostOf(directory), database, log });
  return said;
}

/** A watcher in this process, that has begun. */
export async function watching(
  t: Teardown,
  { directory }: TestHost,
  database: string,
  { scanEvery = PATIENCE, ...options }: { readonly scanEvery?: number } & Pick<WatchOptions, 'rebuild'> = {},
) {
  const { log, said, heard } = listeningLog();
  const ending = new AbortController();
  const ended = watchHost({ ...hostOf(directory), ...options, database, log }, scanEvery, ending.signal);
  const end = async () => {
    ending.abort();
    await ended;
  };
  t.teardown(end);
  await until(() => heard('watching').length > 0);
  return { said, heard, end };
}

/** `vpr watch`, as it is installed, in a process of its own. */
export function watchProcess(t: Teardown, directory: string, ...flags: readonly string[]): ChildProcess & { readonly text: () => string } {
  const child = spawn(process.execPath, ['bin/vpr.js', 'watch', directory, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8');
    });
  t.teardown(() => child.kill('SIGKILL'));
  return Object.assign(child, { text: () => text });
}

/** Waits until something is so. Throws where it takes far too long. */
export async function until(so: () => boolean | Promise<boolean>, what = 'what was waited for'): Promise<void> {
  for (const last = Date.now() + PATIENCE; !(await so()); await sleep(5)) if (Date.now() > last) throw new Error(`${what} never came`);
}

/** Waits until a database says that a record was projected to a commit. */
export async function visible(place: string, { record }: TestHost, commit: ObjectId): Promise<void> {
  const database = await openDatabase(place, { readOnly: true });
  try {
    await until(async () => (await stateOf(database, record))?.reached === commit, `commit ${commit}`);
  } finally {
    await database.close();
  }
}

/** Does something with a database, and closes it. */
export async function using<T>(place: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(place);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The digest of a record that is projected into an empty database, by nobody but this. */
export function rebuiltDigest({ directory, record }: TestHost): Promise<string> {
  return using(':memory:', async (database) => {
    await projectOne(hostOf(directory), database, record, new Date());
    return digestOf(database, record);
  });
}

/** Pushes something more; the commit that main then is. */
export async function push({ client, record }: PushedRecord, change: (record: Scenario) => unknown): Promise<string> {
  change(record);
  const { objects, updates } = record.made();
  const id = updates[0]?.new ?? '';
  writeObjects(client, objects);
  const { status, stderr } = await pushFrom(client, [{ old: '', new: id, ref: 'refs/heads/main' }]);
  if (status !== 0) throw new Error(stderr);
  record.taken();
  return id;
}

/** Puts something into the host's repository, past every hook. */
export function slip({ host, record }: PushedRecord, change: (record: Scenario) => unknown): string {
  change(record);
  const { objects, updates } = record.made();
  writeObjects(host.repository, objects);
  setRef(host.repository, 'refs/heads/main', updates[0]?.new ?? '');
  record.taken();
  return updates[0]?.new ?? '';
}

/** A record's rows are those that its commits make, and those that are made from nothing. */
export async function isWhole(t: Test, { host }: Pick<PushedRecord, 'host'>, place: string): Promise<void> {
  const checked = await using(place, (database) => checkRecord(hostOf(host.directory), database, host.record, new Date()));
  t.same([checked.good, checked.differences, checked.code, checked.why], [true, [], undefined, undefined]);
  t.equal(
    await using(place, (database) => digestOf(database, host.record)),
    await rebuiltDigest(host),
    'as one that is built anew, in whichever database',
  );
}
