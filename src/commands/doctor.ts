import { Args } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { examinePolicy } from '../cli/examine-policy.js';
import { examineProjection } from '../cli/examine-projection.js';
import { counted, printable } from '../format/text.js';
import { runGit } from '../git/run.js';
import { examine } from '../hosts/doctor.js';
import type { Finding, Findings } from '../hosts/finding.js';
import { openHost } from '../hosts/plain.js';

/** What is said has paths in it, to be typed as they are. */
const LONGEST = 10_000;

export default class Doctor extends VprCommand {
  static override summary = 'Find what stops a host from protecting its records.';
  static override description = `Looks at hooks, configuration, refs, policy, trusted certificates, and at who can
write where. Run it as the account that owns the repositories. Exit code 1 where
anything is found; what is only a note doesn't count.`;
  static override examples = ['<%= config.bin %> doctor /srv/vpr', '<%= config.bin %> doctor /srv/vpr --json'];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" }),
  };

  async run() {
    const { args } = await this.parse(Doctor);
    const paths = openHost(args.directory);
    const result = examine(paths, [...examinePolicy(paths), ...examineProjection(paths)], runGit);
    const faults = result.findings.filter(({ level }) => level === 'fault').length;
    this.say(...lines(result));
    const repositories = counted(result.repositories, 'repository', 'repositories');
    this.say(
      faults === 0
        ? `looked at ${repositories}: nothing stops this host from protecting them`
        : `looked at ${repositories}: see above for what to mend`,
    );
    if (faults > 0) this.problemsFound();
    return result;
  }
}

function lines({ findings, more }: Findings): string[] {
  const printed: string[] = [];
  for (const [index, finding] of findings.entries()) {
    printed.push(...findingLines(finding));
    const last = !findings.slice(index + 1).some(({ code }) => code === finding.code);
    const hidden = more[finding.code];
    if (last && hidden !== undefined) printed.push(`and ${hidden} more of ${finding.code}`, '');
  }
  return printed;
}

function findingLines({ code, level, repo, what, help }: Finding): string[] {
  return [
    `${level} ${code}${repo === undefined ? '' : `  ${repo}`}`,
    `  ${printable(what, LONGEST)}`,
    ...help.map((text, index) => `  ${index === 0 ? 'help:' : '     '} ${printable(text, LONGEST)}`),
    '',
  ];
}
