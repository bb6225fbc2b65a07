import { run } from '../records/support.js';

/** `openssl cms -verify` of what `vpr signature export` wrote into a directory; throws where it refuses. */
export function verifies(directory: string, commit: string, root: string): string {
  const files = ['-content', `${commit}.payload`, '-inform', 'DER', '-in', `${commit}.p7s`, '-CAfile', root];
  return run(directory, 'openssl', 'cms', '-verify', '-binary', ...files, '-out', `${commit}.out`);
}
