import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { readBody } from '../../cli/body.js';
import { bodyFlags, inFlag, threadArg } from '../../cli/flags.js';
import { addMessage } from '../../records/thread-add.js';
import { openWriter } from '../../records/writer.js';

export default class ThreadAdd extends VprCommand {
  static override summary = 'Append a message to a thread.';
  static override description = 'The message comes from --message, --file or standard input.';
  static override examples = [
    '<%= config.bin %> thread add 550e8400 --message "Chest X-ray is clear."',
    '<%= config.bin %> thread add 550e8400 --corrects 3f7a8d2c --message "The left side is meant."',
    '<%= config.bin %> thread add 550e8400 --on-behalf-of b7d1c2a4-5e6f-4a8b-9c0d-1e2f3a4b5c6d --file said-on-the-phone.md',
  ];
  static override args = threadArg;
  static override flags = {
    ...inFlag,
    ...bodyFlags,
    corrects: Flags.string({ helpValue: 'ID', description: 'the earlier message that this one corrects' }),
    'on-behalf-of': Flags.string({ helpValue: 'ID', description: 'the patient or associate whose words you record' }),
  };

  async run() {
    const { args, flags } = await this.parse(ThreadAdd);
    const added = addMessage(openWriter(flags.in), {
      thread: args.thread,
      body: readBody(flags, false) ?? '',
      corrects: flags.corrects,
      onBehalfOf: flags['on-behalf-of'],
    });
    this.say(`added message ${added.message}`, `to thread ${added.thread}`, `commit ${added.commit}`);
    this.sayNext('vpr check', 'git push');
    return added;
  }
}
