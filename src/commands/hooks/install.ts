import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { VprError } from '../../errors.js';
import { commandLine } from '../../format/shell.js';
import { runGit } from '../../git/run.js';
import { installHint, installHook, installProgram } from '../../hosts/install.js';
import { refuseStranger } from '../../hosts/owner.js';
import { hostAbove, openHost } from '../../hosts/plain.js';
import { recordOf, registeredRecords } from '../../hosts/registry.js';

export default class HooksInstall extends VprCommand {
  static override summary = 'Put the hooks into repositories that check pushes and tell the watcher, or renew them.';
  static override description = `The host keeps a copy of the program that its hooks run. This renews the copy, so
that after an upgrade of vpr, and only then, pushes are judged by the new
version. Without REPO, with --host, all registered repositories get the hook.`;
  static override examples = [
    '<%= config.bin %> hooks install --host /srv/vpr',
    '<%= config.bin %> hooks install /srv/vpr/coordination/7f/4c/7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88.git',
    '<%= config.bin %> hooks install --host /srv/vpr /var/lib/gitea/repositories/ward/record.git',
  ];
  static override strict = false;
  static override args = { repository: Args.string({ name: 'REPO', ignoreStdin: true, description: 'bare repositories, one or more' }) };
  static override flags = {
    host: Flags.string({ helpValue: 'DIR', description: "the host's directory; found from the first REPO where it lies in one" }),
  };

  async run() {
    const { argv, flags } = await this.parse(HooksInstall);
    const given = argv.map(String);
    const host = flags.host === undefined ? hostAbove(given[0] ?? '.') : openHost(flags.host);
    if (host === undefined || (given.length === 0 && flags.host === undefined)) {
      throw new VprError('hooks/which-host', given.length === 0 ? 'which repositories?' : `${given[0]} lies in no host`, {
        help: ['vpr hooks install --host DIR', 'vpr hooks install --host DIR REPO'],
      });
    }
    refuseStranger(host);
    const launcher = installProgram(host.root);
    const damaged: string[] = []; // one damaged entry keeps no other repository from its hook
    const registered = given.length > 0 ? [] : registeredRecords(host.root, ({ message }) => damaged.push(message));
    const repositories = given.length > 0 ? given : [...registered].map(({ path }) => path);
    const hooks = repositories.map((repository) => installHook(repository, launcher, runGit));
    const silent = repositories.filter((repository) => installHint(repository, host.root, runGit) === undefined);
    const unregistered = given.filter((repository) => recordOf(host.root, repository) === undefined);
    this.say(
      `the program in ${host.hooks} is that of vpr ${this.config.version}`,
      ...hooks.map((hook) => `hooked in: ${hook}`),
      ...unregistered.map((repository) => `not registered yet, so that every push to it is refused: ${repository}`),
      ...silent.map((repository) => `another program's post-receive hook was left: the watcher hears of pushes later: ${repository}`),
      ...damaged.map((message) => `not hooked in: ${message}`),
    );
    if (damaged.length > 0) this.problemsFound();
    this.sayNext(
      ...unregistered.map((repository) => commandLine('vpr', 'host', 'add', host.root, 'coordination', '--repository', repository)),
      commandLine('vpr', 'doctor', host.root),
    );
    return { root: host.root, hooks, silent, unregistered, damaged };
  }
}
