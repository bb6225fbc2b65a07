/** A commit's signature, as git asks its signing program for one. */
import { VprError } from '../errors.js';
import type { Ident } from '../format/commit-object.js';
import { readCommitObject } from '../format/commit-object.js';
import { signPayload } from '../trust/index.js';
import { loadCredentials, signingFaults } from './credentials.js';
import type { Settings } from './settings.js';

/** A signature, and whose it is. */
export interface Signed {
  /** The value of `gpgsig`, without a final newline. */
  readonly signature: string;
  /** SHA-256 of the certificate, in hex. */
  readonly fingerprint: string;
}

/**
 * Signs a commit's payload (its bytes without `gpgsig`) with the clone's
 * certificate and key. `asked` is what git calls the key: user.signingkey, or
 * what follows -S. Throws `VprError`, in words for the signer, where it must not be signed.
 */
export function signCommit(payload: Uint8Array, asked: string, settings: Settings, now: Date): Signed {
  const { certificate, key, encoding } = settings;
  if (certificate === undefined || key === undefined) {
    throw new VprError('sign/not-set-up', 'this clone has no certificate and key to sign with', {
      help: ['vpr setup --certificate FILE --key FILE'],
    });
  }
  const credentials = loadCredentials(certificate, key);
  const [leaf] = credentials.chain;
  if (asked !== certificate && asked.toLowerCase() !== leaf.fingerprint) {
    throw new VprError('sign/other-key', `git asks for the key "${asked}", this clone signs with ${certificate}`, {
      help: ['run vpr setup again, or commit with -S alone'],
    });
  }
  const faults = signingFaults(leaf, credentials.identity, identsOf(payload), now);
  if (faults.length > 0) {
    throw new VprError('sign/refused', faults.map(({ message }) => message).join('; '), { help: faults.flatMap(({ help }) => help ?? []) });
  }
  return { signature: signPayload(payload, credentials.key, credentials.chain, encoding), fingerprint: leaf.fingerprint };
}

function identsOf(payload: Uint8Array): ({ readonly role: 'author' | 'committer' } & Ident)[] {
  const { tree, author, committer } = readCommitObject(payload);
  if (tree === undefined || author === undefined || committer === undefined) {
    throw new VprError('sign/no-commit', 'git asks to sign something that is no commit, and records hold nothing else that is signed', {
      help: ['a record has no tags; git push --signed is not used: git config push.gpgSign false'],
    });
  }
  return [
    { role: 'author', ...author },
    { role: 'committer', ...committer },
  ];
}
