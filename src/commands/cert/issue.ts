import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { commandLine } from '../../format/shell.js';
import { parseRegistration } from '../../records/certificate-names.js';
import { issueCertificate } from '../../records/issue.js';

export default class CertIssue extends VprCommand {
  static override summary = 'Issue a certificate, with a new key, to somebody who signs.';
  static override examples = [
    '<%= config.bin %> cert issue --ca gmc-ca --name "Dr Jane Smith" --authority GMC --number 1234567 --email jane.smith@example.org --participant new --out jane',
  ];
  static override flags = {
    ca: Flags.string({ required: true, helpValue: 'DIR', description: 'what vpr cert authority made' }),
    name: Flags.string({ required: true, helpValue: 'NAME', description: 'the name that stands under every message' }),
    authority: Flags.string({ required: true, helpValue: 'AUTH', description: 'the registration authority, for example GMC' }),
    number: Flags.string({ required: true, helpValue: 'NUMBER', description: 'the registration number' }),
    registration: Flags.string({ multiple: true, helpValue: '"AUTH NUMBER"', description: 'a further registration' }),
    email: Flags.string({ helpValue: 'ADDRESS', description: "the holder's e-mail address, which their commits must then have" }),
    participant: Flags.string({ helpValue: 'UUID|new', description: 'the id the holder has in ledgers: a known one, or the word new' }),
    days: Flags.integer({ default: 365, helpValue: 'N', description: 'how many days it is valid' }),
    out: Flags.string({ required: true, helpValue: 'DIR', description: 'where key and certificate go' }),
  };

  async run() {
    const { flags } = await this.parse(CertIssue);
    const issued = await issueCertificate({
      authority: flags.ca,
      name: flags.name,
      registration: { authority: flags.authority, number: flags.number },
      further: (flags.registration ?? []).map(parseRegistration),
      email: flags.email,
      participant: flags.participant,
      days: flags.days,
      out: flags.out,
    });
    this.say(
      `issued ${issued.certificate}  to ${flags.name}, ${issued.registrations.join(', ')} (valid until ${issued.notAfter.toISOString()})`,
    );
    this.say(`made   ${issued.key}  (for its holder alone)`);
    if (issued.participantId === undefined) this.say('without a participant id: its holder can change records, but sign no message');
    else this.say(`participant id ${issued.participantId}`);
    this.sayNext(
      `${commandLine('vpr', 'setup', '--certificate', issued.certificate, '--key', issued.key)} --role Clinician --care-location PLACE`,
    );
    return { ...issued, notAfter: issued.notAfter.toISOString() };
  }
}
