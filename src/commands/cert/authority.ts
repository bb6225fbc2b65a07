import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { commandLine } from '../../format/shell.js';
import { createAuthority } from '../../records/authority.js';

export default class CertAuthority extends VprCommand {
  static override summary = 'Make a certificate authority: a root that a host can trust.';
  static override description =
    'Writes authority.crt, authority.key (for its owner alone) and authority.json into DIR. Fit for a trial, or for a small organisation that keeps the key offline.';
  static override examples = ['<%= config.bin %> cert authority gmc-ca --name "GMC root" --authority GMC'];
  static override args = { directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: 'a new directory' }) };
  static override flags = {
    name: Flags.string({ required: true, helpValue: 'NAME', description: "the authority's name" }),
    authority: Flags.string({
      multiple: true,
      helpValue: 'AUTH',
      description: 'a registration authority it may issue for, for example GMC; any where none is given',
    }),
    days: Flags.integer({ default: 3650, helpValue: 'N', description: 'how many days it is valid' }),
  };

  async run() {
    const { args, flags } = await this.parse(CertAuthority);
    const made = await createAuthority({
      directory: args.directory,
      name: flags.name,
      authorities: flags.authority ?? [],
      days: flags.days,
    });
    this.say(`made   ${made.certificate}  (valid until ${made.notAfter.toISOString()})`, `made   ${made.key}  (keep it to yourself)`);
    this.say('', "to trust it, copy it to the host's trust/ and add to vpr.yaml under roots:");
    this.say('  - file: trust/authority.crt', '    authorities:');
    for (const name of made.authorities.length > 0 ? made.authorities : ['GMC']) this.say(`      - { name: ${name}, class: clinician }`);
    this.sayNext(
      `${commandLine('vpr', 'cert', 'issue', '--ca', args.directory)} --name NAME --authority ${made.authorities[0] ?? 'GMC'} --number NUMBER --participant new --out DIR`,
    );
    return { certificate: made.certificate, key: made.key, authorities: made.authorities, notAfter: made.notAfter.toISOString() };
  }
}
