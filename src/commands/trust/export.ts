import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { count } from '../../cli/words.js';
import { commandLine } from '../../format/shell.js';
import { writeAtomic } from '../../records/files.js';
import { exportBundle, renderBundle } from '../../records/trust-bundle.js';
import { KNOWN_RULES } from '../../validators/index.js';

export default class TrustExport extends VprCommand {
  static override summary = "Write a host's policy and trusted certificates into one file, for clones.";
  static override description = 'There is nothing secret in it. It goes to standard output unless --out names a file.';
  static override examples = ['<%= config.bin %> trust export /srv/vpr --out trust.json'];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" }),
  };
  static override flags = { out: Flags.string({ helpValue: 'FILE', description: 'the file to write' }) };

  async run() {
    const { args, flags } = await this.parse(TrustExport);
    const bundle = exportBundle(args.directory, KNOWN_RULES);
    if (flags.out === undefined) {
      this.say(renderBundle(bundle).trimEnd());
    } else {
      writeAtomic(flags.out, renderBundle(bundle));
      this.say(`wrote ${flags.out}: the policy and ${count(Object.keys(bundle.files).length, 'certificate')}`);
      this.sayNext(commandLine('vpr', 'setup', '--trust', flags.out));
    }
    return bundle;
  }
}
