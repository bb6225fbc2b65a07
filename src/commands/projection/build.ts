import { VprCommand } from '../../cli/base.js';
import { asking, hostArg, openHostToProject, recordArg, recordIds } from '../../cli/projection-flags.js';
import { outcomeWords, statusLines } from '../../cli/projection-words.js';
import { openDatabase } from '../../projections/index.js';
import { buildAll, buildRecords } from '../../watch/build.js';
import type { Outcome } from '../../watch/project.js';
import { projectionStatus } from '../../watch/status.js';
import { stderrLog } from '../../watch/stderr-log.js';

export default class ProjectionBuild extends VprCommand {
  static override summary = 'Make the projection anew, from the records.';
  static override description = `Makes a projection of all records beside the one that answers meanwhile, and puts it
in its place; what is pushed while it works is projected at its end. With RECORD,
only the rows of these records are made anew, in their place. A watcher may run
meanwhile. Exit code 1 where a record is withheld or set aside, or nobody knows it.`;
  static override examples = [
    '<%= config.bin %> projection build /srv/vpr',
    '<%= config.bin %> projection build /srv/vpr 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88',
  ];
  static override strict = false;
  static override args = { directory: hostArg, record: recordArg };

  async run() {
    const { argv } = await this.parse(ProjectionBuild);
    const [directory = '', ...words] = argv.map(String);
    this.host = directory;
    const ids = recordIds(words);
    const { settings, ...host } = openHostToProject(directory);
    if (ids.length === 0) await buildAll({ ...host, database: settings.database, log: stderrLog() });
    const database = await openDatabase(settings.database);
    const built: { record: string; outcome: Outcome }[] = [];
    return asking(database, async () => {
      for await (const one of buildRecords(host, database, ids)) {
        built.push(one);
        this.say(outcomeWords(one.record, one.outcome, host.paths.root));
      }
      const status = await projectionStatus(host.paths, database);
      if (ids.length === 0) this.say(...statusLines(status));
      const held =
        ids.length === 0 ? status.held.length : built.filter(({ outcome }) => /withheld|set-aside|unknown/.test(outcome.kind)).length;
      if (held > 0) this.problemsFound();
      return { database: database.name, built, status };
    });
  }
}
