import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { VprError } from '../../errors.js';
import { parseTypedUuid, type RecordKind } from '../../format/identifiers.js';
import { commandLine } from '../../format/shell.js';
import { runGit } from '../../git/run.js';
import { addRecord, openHostToWrite } from '../../hosts/plain.js';

const KINDS = ['coordination', 'clinical', 'demographics', 'redaction'] as const satisfies readonly RecordKind[];

export default class HostAdd extends VprCommand {
  static override summary = 'Register a record on a host, and make its repository.';
  static override description = `The repository is bare and empty, hooked in, and has the guarded configuration.
The record itself begins with its first push.`;
  static override examples = [
    '<%= config.bin %> host add /srv/vpr coordination',
    '<%= config.bin %> host add /srv/vpr coordination --id 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88',
    '<%= config.bin %> host add /srv/vpr coordination --repository /var/lib/gitea/repositories/ward/record.git',
  ];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" }),
    kind: Args.string({
      name: 'KIND',
      options: [...KINDS],
      required: true,
      description: 'the kind of record; rules exist for coordination',
    }),
  };
  static override flags = {
    id: Flags.string({ helpValue: 'UUID', description: "the record's id; a new one where none is given" }),
    repository: Flags.string({ helpValue: 'REPO', description: 'an empty bare repository of a forge, instead of one of the host' }),
  };

  async run() {
    const { args, flags } = await this.parse(HostAdd);
    const id = flags.id === undefined ? undefined : parseTypedUuid(flags.id);
    if (flags.id !== undefined && id === undefined) {
      throw new VprError('host/id', `--id: ${JSON.stringify(flags.id)} is not a UUID`, {
        help: ['leave --id away to get a new one'],
      });
    }
    const { root } = openHostToWrite(args.directory);
    const { repository } = flags;
    const record = addRecord(
      root,
      { kind: args.kind as RecordKind, ...(id === undefined ? {} : { id }), ...(repository === undefined ? {} : { repository }) },
      runGit,
    );
    this.say(`registered the ${record.kind} record ${record.id}`, `repository ${record.path}`);
    this.sayNext(
      `${commandLine('git', 'clone', record.path, 'record')}    # or by its ssh or HTTP address`,
      'vpr init coordination record --help',
      ...(repository === undefined ? [] : [`${commandLine('vpr', 'doctor', root)}    # says what in its configuration does not guard yet`]),
    );
    return record;
  }
}
