/** Flags that say whom a certificate is for. */
import { Flags } from '@oclif/core';
import { parseRegistration } from '../records/certificate-names.js';
import type { HolderInput } from '../records/holder.js';

export const holderFlags = {
  name: Flags.string({ required: true, helpValue: 'NAME', description: 'the name that stands under every message' }),
  authority: Flags.string({ required: true, helpValue: 'AUTH', description: 'the registration authority, for example GMC' }),
  number: Flags.string({ required: true, helpValue: 'NUMBER', description: 'the registration number' }),
  registration: Flags.string({ multiple: true, helpValue: '"AUTH NUMBER"', description: 'a further registration' }),
  email: Flags.string({ helpValue: 'ADDRESS', description: "the holder's e-mail address, which their commits must then have" }),
  participant: Flags.string({ helpValue: 'UUID|new', description: 'the id the holder has in ledgers: a known one, or the word new' }),
};

type HolderFlags = { readonly [name in 'name' | 'authority' | 'number']: string } & {
  readonly [name in 'email' | 'participant']?: string | undefined;
} & { readonly registration?: readonly string[] | undefined };

/** The flags as they are typed again: words for a shell. */
export function holderWords({ name, authority, number, registration, email, participant }: HolderFlags): readonly string[] {
  return [
    ...['--name', name, '--authority', authority, '--number', number],
    ...(registration ?? []).flatMap((one) => ['--registration', one]),
    ...(email === undefined ? [] : ['--email', email]),
    ...['--participant', participant ?? 'new'],
  ];
}

/** The flags as functions take them. */
export function holderInput({ name, authority, number, registration, email, participant }: HolderFlags): HolderInput {
  const further = (registration ?? []).map(parseRegistration);
  return { name, registration: { authority, number }, further, email, participant };
}
