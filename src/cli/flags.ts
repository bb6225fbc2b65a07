/** Flags that several commands share, each with its one default. */
import { Args, Flags } from '@oclif/core';
import { ROLES } from '../format/index.js';
import { ENCODINGS } from '../records/settings.js';

/** The clone a command works in: `in`, or where it is run. */
export const inFlag = {
  in: Flags.string({ char: 'C', helpValue: 'DIR', default: '.', description: 'the clone to work in, instead of the current directory' }),
};

/** Which thread is meant. */
export const threadArg = {
  thread: Args.string({
    name: 'THREAD',
    required: true,
    ignoreStdin: true,
    description: "the thread's id, its UUID, or the beginning of either",
  }),
};

/** Where the text of a message comes from. */
export const bodyFlags = {
  message: Flags.string({ char: 'm', helpValue: 'TEXT', description: 'the message', exclusive: ['file'] }),
  file: Flags.string({ char: 'F', helpValue: 'FILE', description: 'a file with the message; - for standard input' }),
};

/** How a clone signs, and in what words. */
export const signingFlags = {
  certificate: Flags.string({ helpValue: 'FILE', description: "the signer's certificate (PEM), followed by any intermediates" }),
  key: Flags.string({ helpValue: 'FILE', description: 'its private key (PEM), plain or under a passphrase' }),
  encoding: Flags.option({ options: ENCODINGS, description: 'how signatures are written; cms unless said otherwise' })(),
  role: Flags.string({ helpValue: 'TEXT', description: 'the trailer Author-Role, for example Clinician' }),
  'care-location': Flags.string({ helpValue: 'TEXT', description: 'the trailer Care-Location, for example "Oxford University Hospitals"' }),
  email: Flags.string({ helpValue: 'ADDRESS', description: 'which of the e-mail addresses to write into commits' }),
  trust: Flags.string({ helpValue: 'FILE', description: "the host's trust bundle (vpr trust export)" }),
};

/** How confidential a thread is, and who may take part. */
export const visibilityFlags = {
  sensitivity: Flags.option({ options: ['standard', 'confidential', 'restricted'] as const, description: 'how sensitive the thread is' })(),
  restricted: Flags.boolean({ allowNo: true, description: 'whether the thread is for its participants alone' }),
  'allow-patients': Flags.boolean({ allowNo: true, description: 'whether patients and their associates may take part' }),
  'allow-external': Flags.boolean({ allowNo: true, description: 'whether other organisations may take part' }),
};

/** The writer's role in a thread. */
export const asFlag = {
  as: Flags.option({ options: ROLES, description: 'your role in the thread, where vpr setup --role does not name it' })(),
};
