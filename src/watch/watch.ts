/** When a watcher hears and scans: once, or for as long as it runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPaths } from '../hosts/paths.js';
import { listenTo } from './listen.js';
import { projectionSettings } from './settings.js';
import { makeWatcher, type WatcherOptions } from './watcher.js';

export type WatchOptions = Omit<WatcherOptions, 'lasting'>;

/** Projects everything that is due or that the spool asks for, once. Throws where the database fails, or can't be opened, or the registry can't be read. */
export async function watchOnce(options: WatchOptions): Promise<void> {
  const watcher = makeWatcher({ ...options, lasting: false });
  try {
    await watcher.open();
    await watcher.doAll();
  } finally {
    await watcher.close();
  }
}

/**
 * Watches until `signal` is aborted; what is being projected then is ended first.
 * Looks at everything at the beginning, and every `scanEvery` milliseconds. Throws where it can't begin.
 */
export async function watchHost(options: WatchOptions, scanEvery: number, signal: AbortSignal): Promise<void> {
  const { paths, log } = options;
  let named = databaseNamed(paths);
  const watcher = makeWatcher({ ...options, lasting: true });
  let stopListening = async (): Promise<void> => {};
  try {
    await watcher.open();
    watcher.listen(); // which makes the spool
    stopListening = listenTo(paths.spool, () => watcher.listen(), log);
    log.info('watching', { host: paths.root });
    while (!signal.aborted) {
      watcher.listen();
      await watcher.scan();
      const now = databaseNamed(paths);
      if (now !== undefined && now !== named)
        log.warn(
          'projections.yaml names another database than when this watcher began: start it anew, or answers from that one stay as they are',
        );
      named = now ?? named;
      await sleep(scanEvery, undefined, { signal }).catch(() => {});
    }
  } finally {
    await stopListening();
    await watcher.close();
    log.info('ended');
  }
}

/** What is asked by the commands; undefined where settings don't read at the moment, which those say. */
function databaseNamed(paths: HostPaths): string | undefined {
  try {
    return projectionSettings(paths).database;
  } catch {
    return undefined;
  }
}
