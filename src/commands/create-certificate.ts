import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { newPassphrase, type PassphraseFrom } from '../records/passphrase.js';
import { selfSigned } from '../records/self-signed.js';

export default class CreateCertificate extends VprCommand {
  static override summary = 'Make a professional registration certificate that is signed with its own key.';
  static override description =
    "The subject has CN = NAME, O = AUTHORITY, serialNumber = NUMBER; the alternative name is vpr://AUTHORITY/NUMBER. What has no file goes to standard output. Nobody vouches for such a certificate: a host counts it only where its vpr.yaml lists this very one under certificates. An authority's (vpr cert authority) is renewed and revoked without touching the host.";
  static override examples = [
    '<%= config.bin %> create-certificate "Dr Jane Smith" GMC 1234567 --cert-out jane.crt --key-out jane.key',
    '<%= config.bin %> create-certificate "Dr Jane Smith" GMC 1234567 --email jane.smith@example.org --participant new --cert-out jane.crt --key-out jane.key --encrypt',
  ];
  static override args = {
    name: Args.string({ name: 'NAME', required: true, ignoreStdin: true, description: "the holder's full name" }),
    authority: Args.string({
      name: 'AUTHORITY',
      required: true,
      ignoreStdin: true,
      description: 'the registration authority, for example GMC',
    }),
    number: Args.string({ name: 'NUMBER', required: true, ignoreStdin: true, description: 'the registration number' }),
  };
  static override flags = {
    'cert-out': Flags.string({ helpValue: 'FILE', description: 'where the certificate goes' }),
    'key-out': Flags.string({ helpValue: 'FILE', description: 'where the private key goes' }),
    email: Flags.string({ helpValue: 'ADDRESS', description: "the holder's e-mail address, which their commits must then have" }),
    participant: Flags.string({ helpValue: 'UUID|new', description: 'the id the holder has in ledgers: a known one, or the word new' }),
    days: Flags.integer({ default: 365, helpValue: 'N', description: 'how many days it is valid' }),
    encrypt: Flags.boolean({ description: 'ask for a passphrase for the key' }),
    'passphrase-file': Flags.string({ helpValue: 'FILE', description: 'a file whose first line becomes the passphrase of the key' }),
  };

  async run() {
    const { args, flags } = await this.parse(CreateCertificate);
    const { 'cert-out': certificateOut, 'key-out': keyOut, 'passphrase-file': file } = flags;
    const from: PassphraseFrom | undefined = file === undefined ? (flags.encrypt ? {} : undefined) : { file };
    const made = await selfSigned({
      name: args.name,
      registration: { authority: args.authority, number: args.number },
      further: [],
      email: flags.email,
      participant: flags.participant,
      days: flags.days,
      certificateOut,
      keyOut,
      passphrase: from === undefined ? undefined : newPassphrase('the key', from),
    });
    this.say(
      certificateOut === undefined ? made.certificate.trimEnd() : `made   ${certificateOut}  (valid until ${made.notAfter.toISOString()})`,
    );
    this.say(keyOut === undefined ? made.key.trimEnd() : `made   ${keyOut}  (for its holder alone)`);
    return {
      ...(certificateOut === undefined ? { certificate: made.certificate } : { certificateFile: certificateOut }),
      ...(keyOut === undefined ? { key: made.key } : { keyFile: keyOut }),
      fingerprint: made.fingerprint,
      notAfter: made.notAfter.toISOString(),
    };
  }
}
