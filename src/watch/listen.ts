/** Hears that something is in the spool. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type FSWatcher, watch as watchFiles } from 'chokidar';
import { errorFields, type Log } from './log.js';

/** The spool is read so often, in milliseconds, whatever the system says of it: its notices can be lost, or there can be none. */
const LISTEN_EVERY = 2_000;

/** Calls `read` when there is, or may be, something new; until what it hands back is called. */
export function listenTo(spool: string, read: () => void, log: Log): () => Promise<void> {
  let listening = begin(spool, read, log);
  let directory = directoryOf(spool);
  let ended = Promise.resolve();
  const reading = setInterval(() => {
    read();
    // The system tells of the directory that there was: of one that was made in its place nothing would be heard any more.
    const now = directoryOf(spool);
    if (now === directory) return;
    directory = now;
    ended = Promise.all([ended, end(listening)]).then(() => {});
    listening = begin(spool, read, log);
  }, LISTEN_EVERY);
  return async () => {
    clearInterval(reading);
    await Promise.all([ended, end(listening)]);
  };
}

function begin(spool: string, read: () => void, log: Log): FSWatcher {
  const files = watchFiles(spool, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => /^(?:\.|bad$)/.test(basename(path)),
    // chokidar 5.0 begins anew where files go while it is closed: what it then watches is not to keep the process.
    persistent: false,
  });
  return files
    .on('add', read)
    .on('ready', read) // what came before is not told as new
    .on('error', (error) => log.warn('the spool cannot be watched: it is read now and then', errorFields(error)));
}

async function end(files: FSWatcher): Promise<void> {
  await files.close(); // which takes all listeners away
  files.on('error', () => {}); // of one that has begun anew: an error that nobody hears would end the process
}

/** Which directory it is: numbers come again, and so together with when it was made. */
function directoryOf(spool: string): string {
  try {
    const { dev, ino, birthtimeNs } = statSync(spool, { bigint: true });
    return `${dev} ${ino} ${birthtimeNs}`;
  } catch {
    return ''; // it is not there, or may not be looked at: as soon as it may, it is another
  }
}
