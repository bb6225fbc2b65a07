import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { inFlag, threadArg, visibilityFlags } from '../../cli/flags.js';
import { VprError } from '../../errors.js';
import { setLedger } from '../../records/ledger-set.js';
import { parseParticipant } from '../../records/participants.js';
import { openWriter } from '../../records/writer.js';

export default class LedgerSet extends VprCommand {
  static override summary = 'Change who takes part in a thread, its state and its rules, and say so in the thread.';
  static override examples = [
    '<%= config.bin %> ledger set 550e8400 --add-participant "0a9b8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a:clinician:Dr Tom Brown"',
    '<%= config.bin %> ledger set 550e8400 --change-participant "0a9b8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a:careteam:Ward 7\\: night"',
    '<%= config.bin %> ledger set 550e8400 --status closed',
  ];
  static override args = threadArg;
  static override flags = {
    ...inFlag,
    status: Flags.option({ options: ['closed', 'archived', 'open'] as const, description: 'the state from now on' })(),
    'add-participant': Flags.string({
      multiple: true,
      helpValue: 'ID:ROLE:NAME[:ORG]',
      description: 'somebody who takes part from now on',
    }),
    'change-participant': Flags.string({
      multiple: true,
      helpValue: 'ID:ROLE:NAME[:ORG]',
      description: 'who takes part already, in another role or under another name; the organisation goes where none is given',
    }),
    'remove-participant': Flags.string({ multiple: true, helpValue: 'ID', description: 'somebody who no longer takes part' }),
    message: Flags.string({
      char: 'm',
      helpValue: 'TEXT',
      description: "the words of the message that says so, instead of the toolkit's own",
    }),
    ...visibilityFlags,
  };

  async run() {
    const { args, flags } = await this.parse(LedgerSet);
    if (Object.keys(flags).every((name) => ['in', 'json', 'message'].includes(name))) {
      throw new VprError('ledger/nothing', 'nothing was said to change', {
        help: [
          'say what: --status STATE, --add-participant, --change-participant, --remove-participant,',
          '--sensitivity LEVEL, --[no-]restricted, --[no-]allow-patients or --[no-]allow-external',
        ],
      });
    }
    const changed = setLedger(openWriter(flags.in), {
      thread: args.thread,
      status: flags.status,
      add: (flags['add-participant'] ?? []).map(parseParticipant),
      change: (flags['change-participant'] ?? []).map(parseParticipant),
      remove: flags['remove-participant'] ?? [],
      visibility: { sensitivity: flags.sensitivity, restricted: flags.restricted },
      policies: { allow_patient_participation: flags['allow-patients'], allow_external_organisations: flags['allow-external'] },
      message: flags.message,
    });
    this.say(`changed the ledger of thread ${changed.thread}`);
    if (changed.message !== undefined) this.say(`message ${changed.message}`);
    this.say(`commit ${changed.commit}`);
    this.sayNext('vpr check', 'git push');
    return changed;
  }
}
