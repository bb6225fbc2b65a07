import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { issuedWords, setUpLine } from '../../cli/issued-words.js';
import { caPassphraseFlag, madeKeyFlags, madePassphrase, passphraseFrom } from '../../cli/passphrase-flags.js';
import { renewCertificate } from '../../records/renew.js';

export default class CertRenew extends VprCommand {
  static override summary = 'Issue a certificate anew: the same names and participant id, another serial number, a later end.';
  static override description =
    'With --csr for the key of a new request, with --same-key for the key the holder has, otherwise with a key made here. The former certificate is not revoked: what it signed stays good.';
  static override examples = [
    '<%= config.bin %> cert renew jane/dr-jane-smith.crt --ca gmc-ca --csr dr-jane-smith.csr --out jane-2027',
    '<%= config.bin %> cert renew jane/dr-jane-smith.crt --ca gmc-ca --same-key --out jane-2027',
  ];
  static override args = {
    certificate: Args.string({ name: 'CERTIFICATE', required: true, ignoreStdin: true, description: 'its file, or its serial number' }),
  };
  static override flags = {
    ca: Flags.string({ required: true, helpValue: 'DIR', description: 'what vpr cert authority made' }),
    csr: Flags.string({ helpValue: 'FILE', description: "the holder's new request, whose key is certified", exclusive: ['same-key'] }),
    'same-key': Flags.boolean({ description: 'certify the same key again' }),
    days: Flags.integer({ default: 365, helpValue: 'N', description: 'how many days it is valid' }),
    out: Flags.string({ required: true, helpValue: 'DIR', description: 'where the certificate goes, and the key that is made' }),
    ...madeKeyFlags,
    ...caPassphraseFlag,
  };

  async run() {
    const { args, flags } = await this.parse(CertRenew);
    const passphrase = madePassphrase(flags);
    const renewed = await renewCertificate({
      authority: flags.ca,
      certificate: args.certificate,
      key: flags.csr === undefined ? (flags['same-key'] ? 'same' : 'new') : { csr: flags.csr },
      days: flags.days,
      out: flags.out,
      passphrase,
      authorityPassphrase: passphraseFrom(flags['ca-passphrase-file']),
    });
    this.say(...issuedWords(renewed, passphrase !== undefined));
    this.sayNext(setUpLine(renewed));
    return { ...renewed, notAfter: renewed.notAfter.toISOString() };
  }
}
