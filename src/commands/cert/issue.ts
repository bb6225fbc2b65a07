import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { holderFlags, holderInput } from '../../cli/holder-flags.js';
import { issuedWords, setUpLine } from '../../cli/issued-words.js';
import { caPassphraseFlag, madeKeyFlags, madePassphrase, passphraseFrom } from '../../cli/passphrase-flags.js';
import { issueCertificate } from '../../records/issue.js';

export default class CertIssue extends VprCommand {
  static override summary = 'Issue a certificate to somebody who signs: for the key of their request, or with a new key.';
  static override description =
    'What the certificate says comes from the flags, never from the request; what differs is shown. Without --csr the key is made here, which is for trying out: a key that somebody else made is no proof of who signs.';
  static override examples = [
    '<%= config.bin %> cert issue --ca gmc-ca --csr dr-jane-smith.csr --name "Dr Jane Smith" --authority GMC --number 1234567 --email jane.smith@example.org --participant new --out jane',
    '<%= config.bin %> cert issue --ca gmc-ca --name "Dr Jane Smith" --authority GMC --number 1234567 --participant new --out jane',
  ];
  static override flags = {
    ca: Flags.string({ required: true, helpValue: 'DIR', description: 'what vpr cert authority made' }),
    csr: Flags.string({ helpValue: 'FILE', description: "the holder's request (vpr cert request, or openssl req)" }),
    ...holderFlags,
    days: Flags.integer({ default: 365, helpValue: 'N', description: 'how many days it is valid' }),
    out: Flags.string({ required: true, helpValue: 'DIR', description: 'where the certificate goes, and the key that is made' }),
    ...madeKeyFlags,
    ...caPassphraseFlag,
  };

  async run() {
    const { flags } = await this.parse(CertIssue);
    const passphrase = madePassphrase(flags);
    const issued = await issueCertificate({
      ...holderInput(flags),
      authority: flags.ca,
      csr: flags.csr,
      days: flags.days,
      out: flags.out,
      passphrase,
      authorityPassphrase: passphraseFrom(flags['ca-passphrase-file']),
    });
    this.say(...issuedWords(issued, passphrase !== undefined));
    this.sayNext(setUpLine(issued));
    return { ...issued, notAfter: issued.notAfter.toISOString() };
  }
}
