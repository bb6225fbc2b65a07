import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { inFlag } from '../cli/flags.js';
import { judgeHistory } from '../cli/judging.js';
import { count } from '../cli/words.js';
import { openRepository } from '../records/clone.js';
import { resolveRange } from '../records/range.js';
import { reportData, reportText } from '../validators/index.js';

export default class Verify extends VprCommand {
  static override summary = 'Check a whole history, or a range of it, by every rule.';
  static override description =
    "Works offline, in a clone or a bare repository. Commits are judged as of their committer's date, which is only the signer's word. Exit code 0 means: all of it was checked, and all of it is good.";
  static override examples = ['<%= config.bin %> verify', '<%= config.bin %> verify origin/main..main --trust trust.json'];
  static override args = {
    range: Args.string({
      name: 'RANGE',
      required: false,
      ignoreStdin: true,
      description: 'A..B, or B for all of its history; main where none is given',
    }),
  };
  static override flags = {
    ...inFlag,
    trust: Flags.string({ helpValue: 'FILE', description: "the host's trust bundle, instead of the one vpr setup left" }),
  };

  async run() {
    const { args, flags } = await this.parse(Verify);
    const repository = openRepository(flags.in);
    const { from, to } = resolveRange(repository, args.range);
    const now = new Date();
    const times = ({ committed }: { readonly committed: Date }) => ({ received: committed, latest: now, known: 'signer' }) as const;
    const { verdict, trusted, notChecked } = await judgeHistory({ repository, from, to, times, trust: flags.trust, whole: true });
    const { judged, pushed } = verdict.commits;
    const good = verdict.accepted && trusted && judged === pushed;
    const unknown = [...notChecked, "when commits were received: judged by their committer's date, which is only the signer's word"];
    this.say(...reportText(verdict));
    if (good) this.say(`${count(judged, 'commit')} verified: every rule holds`, '');
    else if (verdict.accepted)
      this.say(`incomplete: ${judged} of ${count(pushed, 'commit')} judged, and no problem found in what could be checked`, '');
    if (!good) this.problemsFound();
    this.say(...unknown.map((sentence) => `not checked: ${sentence}`));
    return { from, to, complete: trusted && judged === pushed, ...reportData(verdict), notChecked: unknown };
  }
}
