import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { inFlag } from '../../cli/flags.js';
import { lineWords } from '../../cli/thread-words.js';
import { openClone } from '../../records/clone.js';
import { listThreads } from '../../records/thread-view.js';

export default class ThreadList extends VprCommand {
  static override summary = 'List the threads of a record, oldest first.';
  static override examples = ['<%= config.bin %> thread list --status open'];
  static override flags = {
    ...inFlag,
    status: Flags.option({ options: ['open', 'closed', 'archived'] as const, description: 'only threads in this state' })(),
  };

  async run() {
    const { flags } = await this.parse(ThreadList);
    const threads = listThreads(openClone(flags.in), flags.status);
    this.say(threads.length === 0 ? ['no threads'] : threads.map(lineWords));
    if (threads.some(({ fault }) => fault !== undefined)) this.problemsFound();
    return { threads };
  }
}
