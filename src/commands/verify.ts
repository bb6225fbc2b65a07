import { Args } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { verifyFlags } from '../cli/verify-flags.js';
import { runVerify } from '../cli/verify-run.js';

export default class Verify extends VprCommand {
  static override summary = 'Check a whole history, or a range of it, by every rule.';
  static override description =
    `Works offline, in a clone, a bare repository, a bundle file (git bundle create FILE main), or over every record of a host (--all). Everything that is read is hashed again.

Exit code 0 means: all of it was checked, and all of it is good. 1: there are problems, or it is incomplete. 2: it could not be run.

With --journal commits are judged as of when the host received them; without, as of their committer's date, which is only the signer's word.`;
  static override examples = [
    '<%= config.bin %> verify',
    '<%= config.bin %> verify origin/main..main --trust trust.json',
    '<%= config.bin %> verify --in record.bundle --trust trust.json --expect COMMIT',
    '<%= config.bin %> verify --all /srv/vpr --summary verified.md',
  ];
  static override args = {
    range: Args.string({
      name: 'RANGE',
      required: false,
      ignoreStdin: true,
      description: 'A..B, or B for all of its history; main where none is given',
    }),
  };
  static override flags = verifyFlags;

  /** `--format json` is `--json`, also where the command can't be run. */
  override jsonEnabled(): boolean {
    const at = this.argv.indexOf('--format');
    return super.jsonEnabled() || this.argv.includes('--format=json') || (at >= 0 && this.argv[at + 1] === 'json');
  }

  async run() {
    const { args, flags } = await this.parse(Verify);
    const { report, printed, json } = await runVerify({ ...flags, range: args.range, quiet: this.jsonEnabled() });
    this.say(printed);
    if (!report.good) this.problemsFound();
    return json;
  }
}
