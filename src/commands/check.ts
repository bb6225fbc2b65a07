import { VprCommand } from '../cli/base.js';
import { inFlag } from '../cli/flags.js';
import { judgeHistory } from '../cli/judging.js';
import { counted } from '../format/text.js';
import { openClone, upstreamOf } from '../records/clone.js';
import { headOf } from '../records/threads.js';
import { reportData, reportText } from '../validators/index.js';

export default class Check extends VprCommand {
  static override summary = "The host's verdict before pushing: what you have that it does not.";
  static override description =
    "Judges the commits between the host's main (origin/main), as last fetched, and main by the rules and in the words of the host, with the policy and trust that vpr setup --trust left here.";
  static override examples = ['<%= config.bin %> check', '<%= config.bin %> check --json'];
  static override flags = { ...inFlag };

  async run() {
    const { flags } = await this.parse(Check);
    const clone = openClone(flags.in);
    const to = headOf(clone);
    const { name, commit: from } = upstreamOf(clone);
    if (from === to) {
      this.say(`nothing to push: ${name} is the same commit`);
      return { accepted: true, from, to, commits: { judged: 0, pushed: 0 }, problems: [], notChecked: [] };
    }
    const now = new Date();
    const { verdict, notChecked } = await judgeHistory({
      repository: clone,
      from,
      to,
      times: () => ({ received: now, latest: now, known: 'host' }) as const,
      whole: false,
    });
    const unknown = [
      ...notChecked,
      'what others have pushed since the last git fetch, and what the host has seen of participant ids and certificates in its other records',
    ];
    this.say(reportText(verdict));
    if (verdict.accepted) this.say(`${counted(verdict.commits.judged, 'commit')} judged: nothing that the host refuses`, '');
    else this.problemsFound();
    this.say(...unknown.map((sentence) => `not checked: ${sentence}`));
    if (verdict.accepted) this.sayNext('git push');
    return { from, to, ...reportData(verdict), notChecked: unknown };
  }
}
