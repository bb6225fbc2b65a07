import { VprCommand } from '../../cli/base.js';
import { asking, hostArg, openProjectedHost, openToRead } from '../../cli/projection-flags.js';
import { sharedLines, statusLines } from '../../cli/projection-words.js';
import { commandLine } from '../../format/shell.js';
import { idsUsedTwice } from '../../projections/index.js';
import { projectionStatus } from '../../watch/status.js';

export default class ProjectionStatusCommand extends VprCommand {
  static override summary = 'Say how far the projection is, and what keeps records from going on.';
  static override description = `Compares what was projected with main of every record. Exit code 1 where a record
is withheld (main has commits that do not pass) or set aside (it could not be
projected), is behind, is projected and not registered, or has rows of another
version of vpr. Says as well how many message ids several messages have, and which.`;
  static override examples = ['<%= config.bin %> projection status /srv/vpr', '<%= config.bin %> projection status /srv/vpr --json'];
  static override args = { directory: hostArg };

  async run() {
    const { args } = await this.parse(ProjectionStatusCommand);
    this.host = args.directory;
    const { paths, settings } = openProjectedHost(args.directory);
    const database = await openToRead(paths, settings.database);
    return asking(database, async () => {
      const status = await projectionStatus(paths, database);
      const usedTwice = await idsUsedTwice(database);
      this.say(...statusLines(status), ...sharedLines(usedTwice));
      const { held, behind, older, newer, unregistered, damaged } = status;
      if (held.length + behind + older + newer + unregistered.length + damaged > 0) this.problemsFound();
      if (behind + older > 0) this.sayNext(`${commandLine('vpr', 'watch', paths.root)}    # or with --once`);
      return { ...status, usedTwice };
    });
  }
}
