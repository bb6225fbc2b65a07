import { Args, Flags } from '@oclif/core';
import { QueryCommand } from '../cli/query-command.js';
import { askProjection, queryFlags, timeOf, typedId } from '../cli/query-run.js';
import { searchWords } from '../cli/query-words.js';
import { VprError } from '../errors.js';
import { search } from '../projections/index.js';
import { given } from '../verify/given.js';

export default class Search extends QueryCommand {
  static override summary = "Search the messages of a host's records.";
  static override description = `Finds messages that have all the words, and "words that stand together", newest
first. Case and accents do not count, and nothing else in TEXT has a meaning. What
is restricted, not to be queried or archived is left out, unless asked for.`;
  static override examples = [
    '<%= config.bin %> search "chest x-ray" --host /srv/vpr',
    '<%= config.bin %> search warfarin --host /srv/vpr --record 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88 --since 2026-01-01',
    '<%= config.bin %> search warfarin --host /srv/vpr --reason "Called about a bleed, 02:10"',
  ];
  static override args = {
    text: Args.string({ name: 'TEXT', required: true, ignoreStdin: true, description: 'what to search for' }),
  };
  static override flags = {
    ...queryFlags,
    record: Flags.string({ helpValue: 'ID', description: 'only in this record' }),
    author: Flags.string({ helpValue: 'ID', description: 'only messages of this participant' }),
    since: Flags.string({ helpValue: 'TIME', description: 'written then or later: a day, or an RFC 3339 time' }),
    until: Flags.string({ helpValue: 'TIME', description: 'written before then' }),
    ranked: Flags.boolean({ description: 'best first, of the newest that are found; one page alone', exclusive: ['cursor'] }),
  };

  async run() {
    const { args, flags } = await this.parse(Search);
    this.host = flags.host;
    const { ranked } = flags;
    const [record, author] = [typedId('--record', flags.record), typedId('--author', flags.author)];
    const [since, until] = [timeOf('--since', flags.since), timeOf('--until', flags.until)];
    if (since !== undefined && until !== undefined && since >= until)
      throw new VprError('projections/time', '--until is not later than --since: nothing can have been written in between');
    const query = given({ record, author, ranked, since, until });
    const answer = await askProjection(flags, {
      command: 'search',
      ids: { record, author },
      ask: (database, asking) => search(database, { text: args.text, count: flags.cursor === undefined, ...query, ...asking }),
      threadsIn: ({ items }) => items.map(({ thread }) => thread),
      commitsIn: ({ items }) => items,
    });
    return this.answered(answer, searchWords(answer));
  }
}
