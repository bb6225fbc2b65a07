/** Hears that something is in the spool. */
import { basename } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { errorFields, type Log } from './log.js';

/** The spool is read so often, in milliseconds, whatever the system says of it: its notices can be lost, or there can be none. */
const LISTEN_EVERY = 2_000;

/** Calls `read` when there is, or may be, something new; until what it hands back is called. */
export function listenTo(spool: string, read: () => void, log: Log): () => Promise<void> {
  const files = watchFiles(spool, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => /^(?:\.|bad$)/.test(basename(path)),
    // chokidar 5.0 begins anew where files go while it is closed: what it then watches is not to keep the process.
    persistent: false,
  });
  files
    .on('add', read)
    .on('ready', read) // what came before is not told as new
    .on('error', (error) => log.warn('the spool cannot be watched: it is read now and then', errorFields(error)));
  const reading = setInterval(read, LISTEN_EVERY);
  return async () => {
    clearInterval(reading);
    await files.close(); // which takes all listeners away
    files.on('error', () => {}); // of one that has begun anew: an error that nobody hears would end the process
  };
}
