import { VprCommand } from '../../cli/base.js';
import { inFlag, threadArg } from '../../cli/flags.js';
import { threadWords } from '../../cli/thread-words.js';
import { openClone } from '../../records/clone.js';
import { viewThread } from '../../records/thread-view.js';

export default class ThreadShow extends VprCommand {
  static override summary = 'Show a thread: who takes part, and every message, as main has them.';
  static override description = 'Says what the record says; vpr verify says whether it is genuine.';
  static override examples = ['<%= config.bin %> thread show 550e8400'];
  static override args = threadArg;
  static override flags = { ...inFlag };

  async run() {
    const { args, flags } = await this.parse(ThreadShow);
    const view = viewThread(openClone(flags.in), args.thread);
    this.say(...threadWords(view));
    return view;
  }
}
