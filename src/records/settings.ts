/** What `vpr setup` leaves in a clone's Git configuration, under `vpr.`. */
import { type GitOptions, tryGit } from './git.js';

/** How the toolkit signs: FORMAT §6 "Signature". */
export const ENCODINGS = ['cms', 'container'] as const;
export type WrittenEncoding = (typeof ENCODINGS)[number];

/** A clone's settings, as far as they are set. */
export interface Settings {
  /** Path of the signer's certificate (PEM), followed in the file by any intermediates. */
  readonly certificate?: string;
  /** Path of its private key (PEM, PKCS#8 or SEC1). */
  readonly key?: string;
  readonly encoding: WrittenEncoding;
  /** Trailer `Author-Role`. */
  readonly role?: string;
  /** Trailer `Care-Location`. */
  readonly careLocation?: string;
  /** The signer's id in ledgers, from the certificate or the host's policy. */
  readonly participantId?: string;
  /** Path of the host's trust bundle. */
  readonly trust?: string;
  /** Whether it is the clone that names that, in whichever of its files, and not the user's own configuration. */
  readonly trustIsClones: boolean;
  /** user.signingkey, user.name and user.email as git has them. */
  readonly signingKey?: string;
  readonly userName?: string;
  readonly userEmail?: string;
  /** What signs with certificates, where git signs every commit with one. */
  readonly signsBy?: string;
}

/** Reads the settings that hold in a directory: the clone's own over the user's, or one of them alone. `inherit`: as `GitOptions`. */
export function readSettings(
  directory: string,
  options: Pick<GitOptions, 'inherit'> & { readonly scope?: 'local' | 'global' } = {},
): Settings {
  const values = configuration(directory, '^(vpr|user|gpg|commit)\\.', options);
  const last = (key: string) => values.get(key)?.at(-1);
  const one = (key: string) => last(key)?.value;
  // A certificate without an id takes its file's former one away, but not that of another certificate in another file.
  const ofHolder = last('vpr.participantid')?.origin === last('vpr.certificate')?.origin;
  const optional = (name: keyof Settings, key: string) => {
    const value = one(key);
    return value === undefined || value === '' ? {} : { [name]: value };
  };
  return {
    encoding: one('vpr.encoding') === 'container' ? 'container' : 'cms',
    ...optional('certificate', 'vpr.certificate'),
    ...optional('key', 'vpr.key'),
    ...optional('role', 'vpr.role'),
    ...optional('careLocation', 'vpr.carelocation'),
    ...(ofHolder ? optional('participantId', 'vpr.participantid') : {}),
    ...optional('trust', 'vpr.trust'),
    trustIsClones: ['local', 'worktree'].includes(last('vpr.trust')?.scope ?? ''),
    ...optional('signingKey', 'user.signingkey'),
    ...optional('userName', 'user.name'),
    ...optional('userEmail', 'user.email'),
    ...(one('gpg.format') === 'x509' && /^(true|yes|on|1)$/i.test(one('commit.gpgsign') ?? '')
      ? { signsBy: one('gpg.x509.program') ?? GIT_SIGNS_BY }
      : {}),
  };
}

/** What git runs where its configuration names nothing. */
const GIT_SIGNS_BY = 'gpgsm';

interface Value {
  /** `local` and `worktree` are the clone's, with what their files include. */
  readonly scope: string;
  /** The file that says so, as git names it. */
  readonly origin: string;
  readonly value: string;
}

/** Every value of the keys that match, in git's order of reading; keys as git prints them (section and name in lowercase). */
function configuration(
  directory: string,
  pattern: string,
  { scope, ...options }: GitOptions & { readonly scope?: 'local' | 'global' },
): ReadonlyMap<string, readonly Value[]> {
  const { stdout } = tryGit(
    directory,
    ['config', ...(scope === undefined ? [] : [`--${scope}`]), '--null', '--show-scope', '--show-origin', '--get-regexp', pattern],
    options,
  );
  const values = new Map<string, Value[]>();
  const words = stdout.toString('utf8').split('\0');
  for (let i = 0; i + 2 < words.length; i += 3) {
    const [from = '', origin = '', entry = ''] = words.slice(i, i + 3);
    const end = entry.indexOf('\n');
    const key = end < 0 ? entry : entry.slice(0, end);
    const value = end < 0 ? 'true' : entry.slice(end + 1);
    values.set(key, [...(values.get(key) ?? []), { scope: from, origin, value }]);
  }
  return values;
}
