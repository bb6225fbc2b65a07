import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { inFlag } from '../../cli/flags.js';
import { VprError } from '../../errors.js';
import { setStatus } from '../../records/status-set.js';
import { openWriter } from '../../records/writer.js';

export default class StatusSet extends VprCommand {
  static override summary = 'Change the state of a record, and what it takes.';
  static override examples = ['<%= config.bin %> status set --lifecycle suspended', '<%= config.bin %> status set --no-open'];
  static override flags = {
    ...inFlag,
    lifecycle: Flags.option({
      options: ['active', 'suspended', 'closed'] as const,
      description: 'the state from now on; closed is permanent',
    })(),
    open: Flags.boolean({ allowNo: true, description: 'whether it takes new threads' }),
    queryable: Flags.boolean({ allowNo: true, description: 'whether it appears in queries' }),
    modifiable: Flags.boolean({ allowNo: true, description: 'whether it takes any change at all' }),
  };

  async run() {
    const { flags } = await this.parse(StatusSet);
    if ([flags.lifecycle, flags.open, flags.queryable, flags.modifiable].every((flag) => flag === undefined)) {
      throw new VprError('status/nothing', 'nothing was said to change', {
        help: ['say what: --lifecycle STATE, --[no-]open, --[no-]queryable or --[no-]modifiable'],
      });
    }
    const changed = setStatus(openWriter(flags.in), {
      lifecycle_state: flags.lifecycle,
      record_open: flags.open,
      record_queryable: flags.queryable,
      record_modifiable: flags.modifiable,
    });
    this.say(...Object.entries(changed.status).map(([key, value]) => `${key}: ${value}`), `commit ${changed.commit}`);
    this.sayNext('vpr check', 'git push');
    return changed;
  }
}
