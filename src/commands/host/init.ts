import { Args } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { commandLine } from '../../format/shell.js';
import { initHost, openHost } from '../../hosts/plain.js';

export default class HostInit extends VprCommand {
  static override summary = 'Make a directory a host of records.';
  static override description = `DIR gets a policy (vpr.yaml) with a comment on every line, a registry, a journal,
and the program that checks pushes. Run it as the account that owns the
repositories. A host that is there is left as it is.`;
  static override examples = ['<%= config.bin %> host init /srv/vpr'];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: 'a new or empty directory' }),
  };

  async run() {
    const { args } = await this.parse(HostInit);
    const created = initHost(args.directory);
    const { root, policy, trust } = openHost(args.directory);
    if (created)
      this.say(`made a host in ${root}`, `its policy, ${policy}, trusts nobody yet: put certificates into ${trust} and name them there`);
    else this.say(`${root} is a host already: nothing was changed`);
    this.sayNext(
      `${commandLine('vpr', 'cert', 'authority')} --help    # a certificate authority of your own, to try out`,
      commandLine('vpr', 'host', 'add', root, 'coordination'),
      commandLine('vpr', 'doctor', root),
    );
    return { root, created };
  }
}
