/** The Git configuration of a clone of a record: what `vpr setup` sets, and why. */
import { resolve } from 'node:path';
import type { Identity } from '../trust/index.js';
import { shellQuote } from './credentials.js';
import { git, tryGit } from './git.js';
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
    ['core.autocrlf', 'false'],
    ['core.eol', 'lf'],
    ['merge.vpr-thread.name', 'messages of both sides, one after the other'],
    ['merge.vpr-thread.driver', `${shellQuote(mergeProgram)} thread %O %A %B %P`],
    ['merge.vpr-ledger.name', 'ledger changes of both sides, value by value'],
    ['merge.vpr-ledger.driver', `${shellQuote(mergeProgram)} ledger %O %A %B %P`],
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

/** Writes settings into the clone's own configuration; former values of the same keys go. */
export function writeSettings(directory: string, settings: readonly Setting[]): void {
  for (const [key, first, ...more] of settings) {
    if (first === undefined) tryGit(directory, ['config', '--local', '--unset-all', key]);
    else git(directory, ['config', '--local', '--replace-all', key, first]);
    for (const value of more) git(directory, ['config', '--local', '--add', key, value]);
  }
}

/** What other configuration would undo the set-up, in words with the command that mends it. */
export function overriding(directory: string, hooksDirectory: string): readonly string[] {
  const value = (key: string) => tryGit(directory, ['config', '--get', key]).stdout.toString('utf8').trim();
  const warnings: string[] = [];
  const hooksPath = value('core.hooksPath');
  const used = resolve(directory, tryGit(directory, ['rev-parse', '--git-path', 'hooks']).stdout.toString('utf8').trim());
  if (hooksPath !== '' && used !== hooksDirectory) {
    warnings.push(
      `core.hooksPath is ${hooksPath}: git looks there for hooks, so that the trailers will not be filled in; mend it: git config --local core.hooksPath ${shellQuote(hooksDirectory)}`,
    );
  }
  for (const key of ['author.name', 'author.email', 'committer.name', 'committer.email']) {
    if (value(key) !== '')
      warnings.push(
        `${key} is ${value(key)} and goes before user.name and user.email; mend it: git config --local ${key} ${shellQuote(value(key.replace(/^\w+/, 'user')))}`,
      );
  }
  const rebase = value('branch.main.rebase');
  if (rebase !== '' && rebase !== 'true')
    warnings.push(`branch.main.rebase is ${rebase} and goes before pull.rebase; mend it: git config --local branch.main.rebase true`);
  return warnings;
}
