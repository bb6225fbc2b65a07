/** Flags about passphrases, and what they come to. A passphrase itself is never an argument. */
import { Flags } from '@oclif/core';
import { newPassphrase, type PassphraseFrom } from '../records/passphrase.js';

/** How the passphrase of a new key is given. */
export const newKeyFlags = {
  'passphrase-file': Flags.string({
    helpValue: 'FILE',
    description: "a file whose first line is the new key's passphrase; it is asked for otherwise",
    exclusive: ['no-passphrase'],
  }),
  'no-passphrase': Flags.boolean({ description: 'write the key without a passphrase: who can read its file can sign with it' }),
};

/** How the passphrase of an authority's key is given. */
export const caPassphraseFlag = {
  'ca-passphrase-file': Flags.string({
    helpValue: 'FILE',
    description: "a file whose first line is the passphrase of the authority's key; it is asked for otherwise",
  }),
};

/** How the passphrase of a key that an authority makes for somebody is given; none unless said. */
export const madeKeyFlags = {
  'passphrase-file': Flags.string({
    helpValue: 'FILE',
    description: 'a file whose first line becomes the passphrase of the key that is made',
    exclusive: ['ask-passphrase', 'csr'],
  }),
  'ask-passphrase': Flags.boolean({ description: 'ask for a passphrase for the key that is made', exclusive: ['csr'] }),
};

/** Where the passphrase of an authority's key comes from, as functions take it. */
export function passphraseFrom(file: string | undefined): PassphraseFrom {
  return file === undefined ? { flag: '--ca-passphrase-file' } : { file };
}

/** The same of a new key. */
function newPassphraseFrom(file: string | undefined): PassphraseFrom {
  return file === undefined ? { flag: '--passphrase-file' } : { file };
}

/** The passphrase of a new key; undefined where it was said that there is none. */
export function chosenPassphrase(
  what: string,
  flags: { 'passphrase-file'?: string | undefined; 'no-passphrase': boolean },
): Buffer | undefined {
  return flags['no-passphrase'] ? undefined : newPassphrase(what, newPassphraseFrom(flags['passphrase-file']));
}

/** The passphrase of a key that an authority makes for somebody; undefined unless one is wanted. */
export function madePassphrase(flags: { 'passphrase-file'?: string | undefined; 'ask-passphrase': boolean }): Buffer | undefined {
  const file = flags['passphrase-file'];
  return file === undefined && !flags['ask-passphrase'] ? undefined : newPassphrase('the new key', newPassphraseFrom(file));
}
