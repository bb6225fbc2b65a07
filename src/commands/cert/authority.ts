import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { caPassphraseFlag, chosenPassphrase, newKeyFlags, passphraseFrom } from '../../cli/passphrase-flags.js';
import { commandLine } from '../../format/shell.js';
import { type AuthorityFiles, authorityPaths, openRoot, refuseUsed } from '../../records/authority.js';
import { createHierarchy, createUnder } from '../../records/hierarchy.js';

export default class CertAuthority extends VprCommand {
  static override summary = 'Make a certificate authority: a root that a host can trust, and an intermediate for every day.';
  static override description =
    "Writes authority.crt and authority.key (the root) into DIR, and the same for the intermediate into DIR/issuing. Certificates are issued by the intermediate, so that the root key can be taken away and kept offline: it is needed for another intermediate, and for the root's own revocation list. Both keys are encrypted. docs/authority.md has the whole way.";
  static override examples = [
    '<%= config.bin %> cert authority gmc-ca --name "GMC root" --authority GMC',
    '<%= config.bin %> cert authority trial --name "Trial root" --authority GMC --no-passphrase',
    '<%= config.bin %> cert authority next-issuing --under gmc-ca --name "GMC issuing 2" --authority GMC',
  ];
  static override args = { directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: 'a new directory' }) };
  static override flags = {
    name: Flags.string({ required: true, helpValue: 'NAME', description: "the authority's name" }),
    authority: Flags.string({
      multiple: true,
      helpValue: 'AUTH',
      description: 'a registration authority it may issue for, for example GMC; any where none is given',
    }),
    days: Flags.integer({ helpValue: 'N', description: 'how many days it is valid; 3650 for a root, 1825 for an intermediate' }),
    'root-only': Flags.boolean({ description: 'make no intermediate: the root itself issues', exclusive: ['under'] }),
    under: Flags.string({ helpValue: 'DIR', description: 'make only an intermediate, under the root of that directory' }),
    ...newKeyFlags,
    'root-passphrase-file': Flags.string({
      helpValue: 'FILE',
      description: "the same for the root's key alone, where the two keys have different passphrases",
      // As `exclusive`, which the usage line could say of one flag of a group alone.
      relationships: [{ type: 'none', flags: ['no-passphrase', 'under'] }],
    }),
    ...caPassphraseFlag,
  };

  async run() {
    const { args, flags } = await this.parse(CertAuthority);
    refuseUsed(args.directory);
    const authorities = flags.authority ?? [];
    const made =
      flags.under === undefined ? await this.makeRoot(args.directory) : [await this.makeIssuing(args.directory, flags.name, flags.under)];
    for (const { certificate, key, notAfter } of made) {
      this.say(`made   ${certificate}  (valid until ${notAfter.toISOString()})`, `made   ${key}  (for its owner alone)`);
    }
    if (flags['no-passphrase'])
      this.say('', 'no key is under a passphrase: who can read these files can make certificates that the host trusts');
    if (flags.under === undefined) {
      this.say('', "to trust it, copy its authority.crt to the host's trust/ and add to vpr.yaml under roots:");
      this.say('  - file: trust/authority.crt', '    authorities:');
      for (const name of authorities.length > 0 ? authorities : ['GMC']) this.say(`      - { name: ${name}, class: CLASS }`);
      this.say('where CLASS is what a registration there makes of somebody: clinician, administrator, patient, associate or system');
      if (!flags['root-only'])
        this.say('', `then take ${authorityPaths(args.directory).key} away, to where nobody else gets at it, and keep a copy`);
    }
    this.sayNext(
      `${commandLine('vpr', 'cert', 'issue', '--ca', args.directory)} --name NAME --authority ${authorities[0] ?? 'GMC'} --number NUMBER --participant new --out DIR`,
    );
    const [{ certificate, key, notAfter }, issuing] = made;
    return {
      certificate,
      key,
      authorities,
      notAfter: notAfter.toISOString(),
      ...(issuing === undefined
        ? {}
        : { issuing: { certificate: issuing.certificate, key: issuing.key, notAfter: issuing.notAfter.toISOString() } }),
    };
  }

  private async makeRoot(directory: string): Promise<readonly [AuthorityFiles, ...AuthorityFiles[]]> {
    const { flags } = await this.parse(CertAuthority);
    const { name, authority: authorities = [], days = ROOT_DAYS } = flags;
    const rootFile = flags['root-passphrase-file'] ?? flags['passphrase-file'];
    const passphrase = chosenPassphrase("the root's key", { ...flags, 'passphrase-file': rootFile });
    const issuing = flags['root-only'] ? undefined : { passphrase: chosenPassphrase("the intermediate's key", flags), days: ISSUING_DAYS };
    return createHierarchy({ directory, name, authorities, days, passphrase, issuing });
  }

  private async makeIssuing(directory: string, name: string, under: string): Promise<AuthorityFiles> {
    const { flags } = await this.parse(CertAuthority);
    openRoot(under);
    const passphrase = chosenPassphrase("the intermediate's key", flags);
    const input = { directory, name, authorities: flags.authority ?? [], days: flags.days ?? ISSUING_DAYS, passphrase };
    return createUnder(input, under, passphraseFrom(flags['ca-passphrase-file']));
  }
}

const ROOT_DAYS = 3650;
const ISSUING_DAYS = 1825;
