/** What git finds elsewhere, and takes rather than what `vpr setup` relies on: a working tree's own file, an include, the environment. */
import { commandLine } from '../format/shell.js';
import { printable } from '../format/text.js';
import { comparableName, sameEmail } from '../trust/index.js';
import { tryGit } from './git.js';
import type { Setting } from './setup-config.js';

/** Settings that git reads otherwise, in words with what mends it: commits would go unsigned, or be another's, without a word. */
export function outranked(directory: string, expected: readonly Setting[]): readonly string[] {
  const found = lastOf(directory);
  return expected.flatMap(([key, value, ...more]) => {
    const last = found.get(key.toLowerCase());
    if (value === undefined || more.length > 0 || (last !== undefined && isSame(key, last.value, value))) return [];
    const is = last === undefined ? `${key} is not set` : `${key} is ${printable(last.value, 200)} in ${printable(last.origin, 500)}`;
    return [`${is}, and has to be ${printable(value, 500)}; mend it: ${last === undefined ? 'vpr setup --global' : mend(key, last)}`];
  });
}

interface Found {
  readonly scope: string;
  readonly origin: string;
  readonly value: string;
}

/** Each key's last value, which is the one that counts. */
function lastOf(directory: string): ReadonlyMap<string, Found> {
  const { stdout } = tryGit(directory, ['config', '--null', '--show-scope', '--show-origin', '--list']);
  const words = stdout.toString('utf8').split('\0');
  const found = new Map<string, Found>();
  for (let i = 0; i + 2 < words.length; i += 3) {
    const [scope = '', origin = '', entry = ''] = words.slice(i, i + 3);
    const end = entry.indexOf('\n');
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    found.set(key.toLowerCase(), { scope, origin: scope === 'command' ? 'the environment' : origin.replace(/^file:/, ''), value });
  }
  return found;
}

/** Booleans have several spellings, and names and e-mails are compared as the host does. */
function isSame(key: string, found: string, wanted: string): boolean {
  if (key === 'user.name') return comparableName(found) === comparableName(wanted);
  if (key === 'user.email') return sameEmail(found, wanted);
  return found === wanted || (wanted === 'true' && /^(yes|on|1|true)$/i.test(found));
}

function mend(key: string, { scope, origin }: Found): string {
  if (scope === 'command') return 'unset GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS';
  const own = scope === 'worktree' || (scope === 'local' && /(^|\/)config$/.test(origin));
  return own ? commandLine('git', 'config', `--${scope}`, '--unset-all', key) : `take it out of ${printable(origin, 500)}, then: vpr setup`;
}
