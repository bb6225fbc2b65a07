/** One setting of a guarded repository. */
export interface Setting {
  /** As `git config` spells it: `receive.denyDeletes`. */
  readonly key: string;
  /** In order, where a key has several. */
  readonly values: readonly string[];
  /** What goes wrong without it. */
  readonly why: string;
}

/** What a push may send, in bytes: threads of 32 MiB fit, and nothing else stops a 2 GB blob before a hook runs. */
const MAX_INPUT = 64 * 1024 * 1024;

/**
 * The configuration of every repository of a host (DESIGN "Things measured"). All of
 * it is written into the repository's own `config`, also where it is git's default, because that
 * is what outweighs the configuration of the account and the system.
 */
export const GUARDED_CONFIG: readonly Setting[] = [
  setting('core.repositoryFormatVersion', '0', 'the repository is one that any git can read'),
  setting('core.bare', 'true', 'a host keeps no working tree'),
  setting('core.fileMode', 'true', 'modes are what they are'),
  setting('core.hooksPath', 'hooks', 'a core.hooksPath of the account or the system would switch the hooks off'),
  setting('core.fsync', 'committed', 'an accepted push survives a power cut; git syncs nothing by default'),
  setting('core.logAllRefUpdates', 'always', 'every move of main leaves a line behind'),
  setting('receive.denyDeletes', 'true', 'main can be deleted'),
  setting('receive.denyNonFastForwards', 'true', 'main can be rewritten'),
  setting('receive.denyDeleteCurrent', 'refuse', 'main can be deleted'),
  setting('receive.fsckObjects', 'true', 'malformed objects are stored'),
  setting('receive.unpackLimit', '1', 'the quarantine is one pack, synced once'),
  setting('receive.maxInputSize', String(MAX_INPUT), 'a push can fill the disk before a hook runs'),
  setting('receive.autogc', 'false', 'a push can start a repack that races with others'),
  setting('receive.shallowUpdate', 'false', 'a push from a shallow clone cuts the history off'),
  setting('receive.advertisePushOptions', 'false', 'nothing here takes push options'),
  setting('receive.updateServerInfo', 'false', 'the dumb HTTP protocol shows what is hidden'),
  setting('transfer.fsckObjects', 'true', 'malformed objects are stored'),
  { key: 'transfer.hideRefs', values: ['refs', '!refs/heads/main'], why: 'refs other than main can be seen and pushed' },
  setting('uploadpack.allowTipSHA1InWant', 'false', 'hidden objects can be fetched by id'),
  setting('uploadpack.allowReachableSHA1InWant', 'false', 'hidden objects can be fetched by id'),
  setting('uploadpack.allowAnySHA1InWant', 'false', 'hidden objects can be fetched by id'),
  setting('gc.auto', '0', 'a repack can race with pushes'),
  setting('gc.packRefs', 'false', 'packing the one ref looks like deleting it'),
  setting('maintenance.auto', 'false', 'a repack can race with pushes'),
];

/** Settings of any scope that take a guard away again; none of them may be set. */
const WEAKENING =
  /^(?:receive\.fsck|fsck)\.|^receive\.(?:denycurrentbranch|procreceiverefs|hiderefs)$|^uploadpack\.hiderefs$|^extensions\.partialclone$/;

/** The text of a repository's `config`. */
export function renderConfig(): string {
  const sections = new Map<string, string[]>();
  for (const { key, values } of GUARDED_CONFIG) {
    const [section = '', name = ''] = key.split('.');
    const lines = sections.get(section) ?? [];
    sections.set(section, [...lines, ...values.map((value) => `\t${name} = ${value}\n`)]);
  }
  return [...sections].map(([section, lines]) => `[${section}]\n${lines.join('')}`).join('');
}

/** A setting that does not guard: what it is, and what it should be. */
export interface Weakness {
  readonly key: string;
  readonly found: readonly string[];
  /** Absent where the key should not be set at all. */
  readonly expected?: Setting;
}

/**
 * What is weak in a repository's effective configuration, all scopes together.
 * `listing` is what `git config --list -z` prints: `key LF value NUL`, in order, the last one counting.
 */
export function weaknesses(listing: string): Weakness[] {
  const found = new Map<string, string[]>();
  for (const item of listing.split('\0')) {
    if (item === '') continue;
    const end = item.indexOf('\n');
    const key = (end < 0 ? item : item.slice(0, end)).toLowerCase();
    found.set(key, [...(found.get(key) ?? []), end < 0 ? 'true' : item.slice(end + 1)]);
  }
  const weak: Weakness[] = [];
  for (const expected of GUARDED_CONFIG) {
    const values = found.get(expected.key.toLowerCase()) ?? [];
    const last = values.slice(-expected.values.length);
    if (last.length !== expected.values.length || last.some((value, index) => value !== expected.values[index])) {
      weak.push({ key: expected.key, found: values, expected });
    }
  }
  for (const [key, values] of found) if (WEAKENING.test(key)) weak.push({ key, found: values });
  return weak;
}

function setting(key: string, value: string, why: string): Setting {
  return { key, values: [value], why };
}
