import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { signingFlags } from '../../cli/flags.js';
import { setupInput } from '../../cli/setup-input.js';
import { setupWords } from '../../cli/setup-words.js';
import { commandLine } from '../../format/shell.js';
import { beginCoordination, inPreparedDirectory } from '../../records/init-coordination.js';
import { setUp } from '../../records/setup.js';
import { openWriter } from '../../records/writer.js';

export default class InitCoordination extends VprCommand {
  static override summary = 'Begin a coordination record: its one signed root commit.';
  static override description =
    'DIR is a new directory, or an empty clone of what the host registered; the id is then the registered one. Where DIR is not set up yet, the flags of vpr setup do it.';
  static override examples = [
    'git clone ssh://host/coordination/7f/4c/7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88.git record && <%= config.bin %> init coordination record --certificate jane.crt --key jane.key --role Clinician --care-location "Oxford University Hospitals"',
    '<%= config.bin %> init coordination . --id 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88 --clinical-id a4f91c6d-3b2e-4c5f-9d7a-1e8b6c0a9f12',
  ];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: 'a new directory, or an empty clone' }),
  };
  static override flags = {
    id: Flags.string({ helpValue: 'UUID', description: "the registered id; read from the clone's origin, or made, where none is given" }),
    'clinical-id': Flags.string({
      helpValue: 'UUID',
      description: "the id of the same patient's clinical record; made where none is given",
    }),
    ...signingFlags,
  };

  async run() {
    const { args, flags } = await this.parse(InitCoordination);
    const { directory, words, record } = await inPreparedDirectory(args.directory, async ({ directory }) => ({
      directory,
      words: setupWords(await setUp(setupInput(directory, flags))),
      record: beginCoordination(openWriter(directory), { id: flags.id, clinicalId: flags['clinical-id'] }),
    }));
    this.say(
      ...words,
      '',
      `began  coordination record ${record.coordinationId} (clinical record ${record.clinicalId})`,
      `commit ${record.commit}`,
    );
    this.sayNext(...(resolve(args.directory) === process.cwd() ? [] : [commandLine('cd', args.directory)]), 'vpr check', 'git push');
    return { directory, ...record };
  }
}
