import { Flags } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { asking, hostArg, openHostToProject } from '../cli/projection-flags.js';
import { statusLines } from '../cli/projection-words.js';
import { openDatabase } from '../projections/index.js';
import { buildAll } from '../watch/build.js';
import { rebuildProjection } from '../watch/rebuild.js';
import { type ProjectionStatus, projectionStatus } from '../watch/status.js';
import { stderrLog } from '../watch/stderr-log.js';
import { watchHost, watchOnce } from '../watch/watch.js';

export default class Watch extends VprCommand {
  static override summary = "Keep a host's projection up to date with what is pushed.";
  static override description = `Hears of every push from the host's spool, and looks at all records when it begins
and every so often (projections.yaml). Run it as the account that owns the
repositories; several may run at once. It ends on SIGTERM or SIGINT, after what it
is projecting. What it does goes to standard error, one line of JSON each.
With --once the exit code is 1 where a record is withheld or set aside.`;
  static override examples = ['<%= config.bin %> watch /srv/vpr', '<%= config.bin %> watch /srv/vpr --once'];
  static override args = { directory: hostArg };
  static override flags = { once: Flags.boolean({ description: 'look at everything, project what is due, and end' }) };

  async run(): Promise<ProjectionStatus | undefined> {
    const { args, flags } = await this.parse(Watch);
    this.host = args.directory;
    const { settings, ...host } = openHostToProject(args.directory);
    const options = { ...host, database: settings.database, log: stderrLog() };
    if (!flags.once) {
      await watchHost(
        { ...options, rebuild: (signal) => rebuildProjection(host.paths, signal) },
        settings.scanMinutes * 60_000,
        untilAsked(),
      );
      return undefined;
    }
    await watchOnce({ ...options, rebuild: () => buildAll(options) });
    const database = await openDatabase(settings.database, { readOnly: true });
    return asking(database, async () => {
      const status = await projectionStatus(host.paths, database);
      this.say(...statusLines(status));
      if (status.held.length > 0) this.problemsFound();
      return status;
    });
  }
}

/** Aborted when the process is asked to end. Asked twice, it ends at once. */
function untilAsked(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
