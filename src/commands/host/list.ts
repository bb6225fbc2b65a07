import { Args } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { commandLine } from '../../format/shell.js';
import { openHost } from '../../hosts/plain.js';
import { registeredRecords } from '../../hosts/registry.js';

export default class HostList extends VprCommand {
  static override summary = 'List the records that a host keeps.';
  static override examples = ['<%= config.bin %> host list /srv/vpr', '<%= config.bin %> host list /srv/vpr --json'];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" }),
  };

  async run() {
    const { args } = await this.parse(HostList);
    const { root } = openHost(args.directory);
    const records = [...registeredRecords(root)];
    this.say(records.map(({ kind, id, path }) => `${kind}  ${id}  ${path}`));
    if (records.length === 0) {
      this.say('no records yet');
      this.sayNext(commandLine('vpr', 'host', 'add', root, 'coordination'));
    }
    return { root, records };
  }
}
