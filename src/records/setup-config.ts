/** The Git configuration of a clone of a record: what `vpr setup` sets, and why. */
import { resolve } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { VprError } from '../errors.js';
import { shellWord } from '../format/shell.js';
import type { Identity } from '../trust/index.js';
import type { WrittenEncoding } from './settings.js';

/** A key with its one value, its several, or none: then it is removed. */
export type Setting = readonly [key: string, ...values: string[]];

/** What signing needs to know. */
export interface SigningSetup {
  readonly certificate: string;
  readonly key: string;
  readonly encoding: WrittenEncoding;
  readonly identity: Identity;
  readonly email: string;
  readonly expires: Date;
  readonly participantId?: string;
}

/** How commits travel: rebased and signed, one branch, no tags, text as it is. */
export function travelSettings(mergeProgram: string): readonly Setting[] {
  return [
    ['pull.rebase', 'true'],
    ['pull.ff', 'true'],
    ['rebase.backend', 'merge'],
    ['rebase.updateRefs', 'false'],
    ['push.default', 'simple'],
    ['push.autoSetupRemote', 'true'],
    ['push.followTags', 'false'],
    ['push.gpgSign', 'false'],
    ['i18n.commitEncoding', 'UTF-8'],
    // Comments of an editor's template must not stay in a message.
    ['commit.cleanup', 'strip'],
    ['core.autocrlf', 'false'],
    ['core.eol', 'lf'],
    ['merge.vpr-thread.name', 'messages of both sides, one after the other'],
    ['merge.vpr-thread.driver', `${shellWord(mergeProgram)} thread %O %A %B %P`],
    ['merge.vpr-ledger.name', 'ledger changes of both sides, value by value'],
    ['merge.vpr-ledger.driver', `${shellWord(mergeProgram)} ledger %O %A %B %P`],
  ];
}

/** Signatures of other kinds are good to no host: `program` says so to git, whose own programs go by a person's keyring. */
export function foreignSettings(program: string): readonly Setting[] {
  return [
    ['gpg.openpgp.program', program],
    ['gpg.ssh.program', program],
  ];
}

/** How commits are signed, and by whom. `signProgram` is what git runs. */
export function signingSettings(signing: SigningSetup, signProgram: string): readonly Setting[] {
  const { certificate, key, encoding, identity, email, expires, participantId } = signing;
  return [
    ['gpg.format', 'x509'],
    ['gpg.x509.program', signProgram],
    ['commit.gpgSign', 'true'],
    ['user.signingKey', certificate],
    ['user.name', identity.name],
    ['user.email', email],
    ['vpr.certificate', certificate],
    ['vpr.key', key],
    ['vpr.encoding', encoding],
    ['vpr.name', identity.name],
    ['vpr.expires', String(Math.floor(expires.getTime() / 1000))],
    ['vpr.registration', ...identity.registrations.map(({ authority, number }) => `${authority} ${number}`).sort()],
    // Without a value the key is removed: another certificate's id must not stay.
    ['vpr.participantId', ...(participantId === undefined ? [] : [participantId])],
  ];
}

/**
 * A clone's configuration, through simple-git. It refuses keys that make git
 * run a program unless told that this is meant: signing and merging are.
 */
function configuration(directory: string): SimpleGit {
  const unsafe = { allowUnsafeGpgProgram: true, allowUnsafeMergeDriver: true, allowUnsafeConfigPaths: true };
  const env = Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return simpleGit({ baseDir: directory, unsafe }).env({ ...env, LC_ALL: 'C' });
}

/** What says where git is, and where a person's configuration lies. */
const PASSED_ON = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'] as const;

/** Writes settings into the clone's own configuration, or the user's; former values of the same keys go. Answers with those that were otherwise before. Throws `setup/config`. */
export async function writeSettings(
  directory: string,
  settings: readonly Setting[],
  scope: 'local' | 'global' = 'local',
): Promise<readonly Setting[]> {
  const git = configuration(directory);
  const known = await valuesOf(git, scope);
  const changed = settings.filter(([key, ...values]) => {
    const former = known.get(key.toLowerCase()) ?? [];
    return former.length !== values.length || values.some((value, index) => value !== former[index]);
  });
  try {
    for (const [key, first, ...more] of changed) {
      if (first === undefined) await git.raw('config', `--${scope}`, '--unset-all', key);
      else await git.raw('config', `--${scope}`, '--replace-all', key, first);
      for (const value of more) await git.addConfig(key, value, true, scope);
    }
  } catch (cause) {
    throw unwritable(cause);
  }
  return changed;
}

function unwritable(cause: unknown): VprError {
  const said = cause instanceof Error ? cause.message.trim().replace(/^error: /, '') : String(cause);
  return new VprError('setup/config', `git could not write its configuration: ${said.split('\n', 1)[0]}`, {
    cause,
    help: said.includes('$HOME not set')
      ? ['set HOME to your own directory, then run vpr setup again']
      : [
          'where it may not be written: make that file, and its directory, writable for you',
          'where it is locked, and no other git is at work: remove the .lock beside it',
          'then run vpr setup again',
        ],
  });
}

/** What is set; nothing where the user has no configuration yet, which git calls an error. */
async function valuesOf(git: SimpleGit, scope: 'local' | 'global'): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const { all } = await git.listConfig(scope);
    return new Map(Object.entries(all).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  } catch (error) {
    if (scope === 'local') throw error;
    return new Map();
  }
}

/** What other configuration would undo the set-up, in words with the command that mends it. */
export async function overriding(directory: string, hooksDirectory: string): Promise<readonly string[]> {
  const git = configuration(directory);
  const { all } = await git.listConfig();
  const value = (key: string) => [all[key.toLowerCase()] ?? ''].flat().at(-1) ?? '';
  const warnings: string[] = [];
  const hooksPath = value('core.hooksPath');
  const used = resolve(directory, await git.revparse(['--git-path', 'hooks']));
  if (hooksPath !== '' && used !== hooksDirectory) {
    warnings.push(
      `core.hooksPath is ${hooksPath}: git looks there for hooks, so that the trailers will not be filled in; mend it: git config --local core.hooksPath ${shellWord(hooksDirectory)}`,
    );
  }
  for (const key of ['author.name', 'author.email', 'committer.name', 'committer.email']) {
    if (value(key) !== '')
      warnings.push(
        `${key} is ${value(key)} and goes before user.name and user.email; mend it: git config --local ${key} ${shellWord(value(key.replace(/^\w+/, 'user')))}`,
      );
  }
  const template = value('commit.template');
  if (template !== '')
    warnings.push(
      `commit.template is ${template}: what it says stays in messages, which the host refuses; commit with -m, or point it to an empty file: git config --local commit.template /dev/null`,
    );
  const rebase = value('branch.main.rebase');
  if (rebase !== '' && rebase !== 'true')
    warnings.push(`branch.main.rebase is ${rebase} and goes before pull.rebase; mend it: git config --local branch.main.rebase true`);
  return warnings;
}
