import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { caPassphraseFlag, passphraseFrom } from '../../cli/passphrase-flags.js';
import { counted } from '../../format/text.js';
import { openAuthority, openIssuing } from '../../records/authority.js';
import { writeCrl } from '../../records/crl.js';
import { CRL_DAYS } from '../../records/hierarchy.js';

export default class CertCrl extends VprCommand {
  static override summary = 'Write the list of what an authority revoked, for hosts to read.';
  static override description =
    "Writes authority.crl (PEM, version 2, complete) beside the authority's certificate: every revocation there ever was, because records are read for longer than certificates last. A list has an end; make the next one before it, also where nothing was revoked.";
  static override examples = ['<%= config.bin %> cert crl --ca gmc-ca', '<%= config.bin %> cert crl --ca gmc-ca --root --days 366'];
  static override flags = {
    ca: Flags.string({ required: true, helpValue: 'DIR', description: 'what vpr cert authority made' }),
    root: Flags.boolean({ description: "the root's list, which says whether its intermediates still count; it needs the root's key" }),
    days: Flags.integer({
      helpValue: 'N',
      description: `how many days it lasts; ${CRL_DAYS.issuing} unless said, ${CRL_DAYS.root} for a root`,
    }),
    ...caPassphraseFlag,
  };

  async run() {
    const { flags } = await this.parse(CertCrl);
    const authority = flags.root ? openAuthority(flags.ca) : openIssuing(flags.ca);
    const days = flags.days ?? (authority.isRoot ? CRL_DAYS.root : CRL_DAYS.issuing);
    const crl = await writeCrl(authority, days, passphraseFrom(flags['ca-passphrase-file']));
    this.say(
      `wrote  ${crl.file}  (number ${crl.number}, ${counted(crl.entries, 'revocation')})`,
      `it lasts until ${crl.nextUpdate.toISOString()}: make the next one before that`,
    );
    return { ...crl, thisUpdate: crl.thisUpdate.toISOString(), nextUpdate: crl.nextUpdate.toISOString() };
  }
}
