import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { commandLine } from '../../format/shell.js';
import { runGit } from '../../git/run.js';
import { openHostToWrite } from '../../hosts/plain.js';
import { MANY_PACKS, type Repacked, repackHost } from '../../hosts/repack.js';

export default class HostRepack extends VprCommand {
  static override summary = 'Put the packs together that pushes have left.';
  static override description = `Every push leaves one pack in its repository, and nothing is repacked during a push.
Run this now and then, for example once a night, as the account that owns the
repositories. Pushes may go on meanwhile. Exit code 1 where a repository could
not be repacked; nothing is lost then.`;
  static override examples = ['<%= config.bin %> host repack /srv/vpr', '<%= config.bin %> host repack /srv/vpr --packs 10'];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" }),
  };
  static override flags = {
    packs: Flags.integer({
      helpValue: 'N',
      default: MANY_PACKS,
      min: 1,
      description: 'leave repositories alone that have no more packs than this',
    }),
  };

  async run() {
    const { args, flags } = await this.parse(HostRepack);
    const { root } = openHostToWrite(args.directory);
    const repositories: Repacked[] = [];
    for (const repacked of repackHost(root, flags.packs, runGit)) {
      repositories.push(repacked);
      this.say(...words(repacked));
      if (!repacked.done) this.problemsFound();
    }
    if (repositories.length === 0) this.say(`no repository has more than ${flags.packs} packs`);
    return { root, repositories };
  }
}

function words({ path, before, after, done }: Repacked): string[] {
  if (done) return [`${path}: ${before} packs before, ${after} now`];
  return [`${path}: git could not repack it`, `  help: ${commandLine('git', '-C', path, 'repack', '-d', '--geometric=2')} says why`];
}
