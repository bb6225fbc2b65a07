import { Args } from '@oclif/core';
import { QueryCommand } from '../cli/query-command.js';
import { askProjection, queryFlags, typedId } from '../cli/query-run.js';
import { timelineWords } from '../cli/query-words.js';
import { timeline } from '../projections/index.js';

export default class Timeline extends QueryCommand {
  static override summary = 'What happened to a record: its commits, newest first, with what each did.';
  static override description = `Says who signed each commit, when the host received it, and which messages and
settings it brought; not what messages say. What belongs to restricted or archived
threads is left out, unless asked for, and without a reason a commit that did
nothing that may be shown.`;
  static override examples = ['<%= config.bin %> timeline 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88 --host /srv/vpr'];
  static override args = {
    record: Args.string({ name: 'RECORD', required: true, ignoreStdin: true, description: "the record's id" }),
  };
  static override flags = queryFlags;

  async run() {
    const { args, flags } = await this.parse(Timeline);
    this.host = flags.host;
    const record = typedId('RECORD', args.record);
    const answer = await askProjection(flags, {
      command: 'timeline',
      ids: { record },
      ask: (database, asking) => timeline(database, { record, ...asking }),
      threadsIn: ({ items }) => items.flatMap(({ messages, ledgers }) => [...messages, ...ledgers].map(({ thread }) => thread)),
      commitsIn: ({ items }) => items.map(({ record, commit }) => ({ record, commit: commit.id })),
    });
    return this.answered(answer, answer.items.flatMap(timelineWords));
  }
}
