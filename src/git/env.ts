/**
 * The whole environment of a git process that reads a record: an allowlist, so
 * that nothing a pusher, an ssh server or a shell profile sets reaches git.
 *
 * - No system, account or attribute configuration: what git reads here may not
 *   depend on whose account runs it. The repository's own `config` belongs to
 *   the host and is the only one left. `HOME` is a place without files.
 * - `GIT_NO_REPLACE_OBJECTS`: objects are what their ids say.
 * - `NO_FETCH`: a missing object is missing, never fetched.
 * - `GIT_OPTIONAL_LOCKS`, `GIT_TERMINAL_PROMPT`: reading writes and asks nothing.
 * - `LC_ALL=C`: messages can be told apart.
 *
 * `extra` is added last: the quarantine's variables where there is one.
 */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: searchPath(),
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    ...NO_FETCH,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    ...extra,
  };
}

/** Variables of a git that fetches nothing by itself: those from 2.45 on are told so, to older ones every way of fetching is forbidden. */
export const NO_FETCH: Readonly<Record<string, string>> = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' };

/**
 * As `gitEnvironment`, but with the configuration of the account and the
 * system: what `git receive-pack` itself will go by, for `vpr doctor`.
 */
export function accountEnvironment(): Record<string, string> {
  const { HOME, XDG_CONFIG_HOME } = process.env;
  return {
    PATH: searchPath(),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    ...(HOME === undefined ? {} : { HOME }),
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
  };
}

function searchPath(): string {
  return process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
}
