import { Flags } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { inFlag, signingFlags } from '../cli/flags.js';
import { setupInput } from '../cli/setup-input.js';
import { setupWords } from '../cli/setup-words.js';
import { setUp } from '../records/setup.js';
import { setUpGlobally } from '../records/setup-global.js';

export default class Setup extends VprCommand {
  static override summary = 'Make a clone ready: signing, trailers, rebasing, and what the host trusts.';
  static override description =
    "Sets the clone's own Git configuration, so that plain git commit signs and fills in its trailers, and git pull puts what you wrote offline after what others pushed. What is not given stays as an earlier run left it. With --global it sets signing alone, for all your repositories.";
  static override examples = [
    '<%= config.bin %> setup --certificate jane/dr-jane-smith.crt --key jane/dr-jane-smith.key --care-location "Oxford University Hospitals" --trust trust.json',
    '<%= config.bin %> setup --role "Consultant cardiologist"',
    '<%= config.bin %> setup --global --certificate jane/dr-jane-smith.crt --key jane/dr-jane-smith.key --care-location "Oxford University Hospitals" --trust trust.json',
  ];
  static override flags = {
    ...inFlag,
    global: Flags.boolean({ description: 'set your own Git configuration, for every repository of yours', exclusive: ['in'] }),
    ...signingFlags,
  };

  async run() {
    const { flags } = await this.parse(Setup);
    const input = setupInput(flags.in, flags);
    const done = flags.global ? await setUpGlobally(input) : await setUp(input);
    this.say(...setupWords(done));
    return done;
  }
}
