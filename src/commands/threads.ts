import { Flags } from '@oclif/core';
import { QueryCommand } from '../cli/query-command.js';
import { askProjection, queryFlags, typedId } from '../cli/query-run.js';
import { listedWords } from '../cli/query-words.js';
import { threads } from '../projections/index.js';
import { given } from '../verify/given.js';

export default class Threads extends QueryCommand {
  static override summary = "List the threads of a host's records, by last activity, the latest first.";
  static override description = `What is restricted, not to be queried or archived is left out, unless asked for.`;
  static override examples = [
    '<%= config.bin %> threads --host /srv/vpr --open',
    '<%= config.bin %> threads --host /srv/vpr --participant 0a9b8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a',
  ];
  static override flags = {
    ...queryFlags,
    open: Flags.boolean({ description: 'only open threads', exclusive: ['archived'] }),
    participant: Flags.string({ helpValue: 'ID', description: 'only threads that this participant takes part in now' }),
    record: Flags.string({ helpValue: 'ID', description: 'only of this record' }),
  };

  async run() {
    const { flags } = await this.parse(Threads);
    this.host = flags.host;
    const [participant, record] = [typedId('--participant', flags.participant), typedId('--record', flags.record)];
    const query = given({ participant, record, status: flags.open ? ('open' as const) : undefined });
    const answer = await askProjection(flags, {
      command: 'threads',
      ids: { participant, record },
      ask: (database, asking) => threads(database, { ...query, ...asking }),
      threadsIn: ({ items }) => items.map(({ thread }) => thread),
      commitsIn: ({ items }) => items,
    });
    return this.answered(answer, answer.items.map(listedWords));
  }
}
