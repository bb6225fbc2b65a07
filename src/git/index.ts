/** Reading Git: objects, pushes and histories, and the environment that git gets. */
export { parseAlternates, quarantineEnvironment } from './alternates.js';
export { type ObjectReader, openObjects, type ReaderOptions } from './cat-file.js';
export { openDirect } from './direct.js';
export { accountEnvironment, gitEnvironment, NO_FETCH } from './env.js';
export { type PushLimits, readHistory, readPush } from './push.js';
export { runGit } from './run.js';
export { MAX_UPDATE_BYTES, parseRefUpdates } from './updates.js';
