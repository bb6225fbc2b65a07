import { VprCommand } from '../../cli/base.js';
import { hostArg, openProjectedHost, recordArg, recordIds } from '../../cli/projection-flags.js';
import { outcomeWords } from '../../cli/projection-words.js';
import { commandLine } from '../../format/shell.js';
import { openDatabase } from '../../projections/index.js';
import { buildRecords } from '../../watch/build.js';
import type { Outcome } from '../../watch/project.js';

export default class ProjectionBuild extends VprCommand {
  static override summary = 'Make the projection anew, from the records.';
  static override description = `Projects records from their first commit, whatever the database says of them; what
it says answers until then. A watcher may run meanwhile. To make everything
anew, whatever became of the database: end the watcher, remove the database, and
run this. Exit code 1 where a record is withheld or set aside.`;
  static override examples = [
    '<%= config.bin %> projection build /srv/vpr',
    '<%= config.bin %> projection build /srv/vpr 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88',
  ];
  static override strict = false;
  static override args = { directory: hostArg, record: recordArg };

  async run() {
    const { argv } = await this.parse(ProjectionBuild);
    const [directory = '', ...words] = argv.map(String);
    const { settings, ...host } = openProjectedHost(directory);
    const database = await openDatabase(settings.database);
    const counts: Record<Outcome['kind'], number> = { nothing: 0, projected: 0, withheld: 0, 'set-aside': 0 };
    const damaged: string[] = [];
    try {
      for await (const { record, outcome } of buildRecords(host, database, recordIds(words), ({ message }) => damaged.push(message))) {
        counts[outcome.kind] += 1;
        if (words.length > 0 || outcome.kind === 'withheld' || outcome.kind === 'set-aside') this.say(outcomeWords(record, outcome));
      }
    } finally {
      await database.close();
    }
    this.say(
      ...damaged,
      `projected ${counts.projected}, withheld ${counts.withheld}, set aside ${counts['set-aside']}, without a commit ${counts.nothing}`,
    );
    if (counts.withheld + counts['set-aside'] + damaged.length > 0) this.problemsFound();
    this.sayNext(commandLine('vpr', 'projection', 'status', host.paths.root));
    return { database: database.name, ...counts, damaged };
  }
}
