import { VprCommand } from '../../cli/base.js';
import { asking, hostArg, openProjectedHost, openToRead, recordArg, recordIds } from '../../cli/projection-flags.js';
import { checkedLines } from '../../cli/projection-words.js';
import { commandLine } from '../../format/shell.js';
import { type Checked, checkRecord } from '../../watch/check.js';
import { recordsWithCommits } from '../../watch/scan.js';
import { everyRecord } from '../../watch/state.js';

export default class ProjectionVerify extends VprCommand {
  static override summary = 'Recompute records from their commits, and compare every row.';
  static override description = `A row that the commits, the journal and the rules do not explain is reported by its
table and key. Reads every commit: name records to look at a few. Exit code 1
where anything differs, or a record with commits is not projected.`;
  static override examples = [
    '<%= config.bin %> projection verify /srv/vpr',
    '<%= config.bin %> projection verify /srv/vpr 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88',
  ];
  static override strict = false;
  static override args = { directory: hostArg, record: recordArg };

  async run() {
    const { argv } = await this.parse(ProjectionVerify);
    const [directory = '', ...words] = argv.map(String);
    this.host = directory;
    const { settings, ...host } = openProjectedHost(directory);
    const database = await openToRead(host.paths, settings.database);
    const bad: Checked[] = [];
    let good = 0;
    await asking(database, async () => {
      const named = recordIds(words);
      const every = async () => new Set([...(await everyRecord(database)), ...(await recordsWithCommits(host.paths.root))]);
      for (const record of named.length > 0 ? named : [...(await every())].sort()) {
        const checked = await checkRecord(host, database, record, new Date());
        if (checked.good) good += 1;
        else bad.push(checked);
        if (!checked.good || words.length > 0) this.say(...checkedLines(checked));
      }
    });
    this.say(`${good} as their commits make them, ${bad.length} not`);
    if (bad.length > 0) {
      this.problemsFound();
      const records = mending(bad, words.length > 0);
      if (records !== undefined) this.sayNext(commandLine('vpr', 'projection', 'build', host.paths.root, ...records));
    }
    return { database: database.name, good, bad };
  }
}

/** So many records are named. */
const NAMED = 20;

/**
 * What to make anew: the records whose rows differ, or all of it (no record is named) where rows are left of one that is not
 * registered. Of a record that can't be read, or that another version of vpr has projected, a build makes nothing better.
 */
function mending(bad: readonly Checked[], named: boolean): readonly string[] | undefined {
  // One that is named and has no rows of its own is a slip of the pen.
  if (bad.some(({ code, reached }) => code === 'watch/unregistered' && (reached !== null || !named))) return [];
  const differ = bad.filter(({ code, differences }) => differences.length > 0 || code === 'watch/not-shown').map(({ record }) => record);
  return differ.length === 0 ? undefined : differ.slice(0, NAMED);
}
