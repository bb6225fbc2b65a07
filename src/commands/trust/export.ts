import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { VprError } from '../../errors.js';
import { parseTypedUuid, type Uuid } from '../../format/identifiers.js';
import { commandLine } from '../../format/shell.js';
import { counted } from '../../format/text.js';
import { refuseUnreadable } from '../../hosts/plain.js';
import { registeredRecord } from '../../hosts/registry.js';
import { writeAtomic } from '../../records/files.js';
import { renderBundle } from '../../records/trust-bundle.js';
import { exportBundle } from '../../records/trust-export.js';
import { KNOWN_RULES } from '../../validators/index.js';
import { baselinesOf } from '../../verify/baselines.js';

export default class TrustExport extends VprCommand {
  static override summary = "Write a host's policy and trusted certificates into one file, for clones.";
  static override description =
    `There is nothing secret in it but which records there are; with --record it names those alone. It goes to standard output unless --out names a file.

For each record it has the newest commit that the host had accepted, by its journal: vpr verify then refuses a history without it. Its digest is over all that it says; whoever is told it by another way can pin it: vpr verify --trust-digest HEX.`;
  static override examples = ['<%= config.bin %> trust export /srv/vpr --out trust.json'];
  static override args = {
    directory: Args.string({ name: 'DIR', required: true, ignoreStdin: true, description: "the host's directory" }),
  };
  static override flags = {
    out: Flags.string({ helpValue: 'FILE', description: 'the file to write' }),
    record: Flags.string({ helpValue: 'ID', multiple: true, description: 'name this record only, not all of them; may be repeated' }),
  };

  async run() {
    const { args, flags } = await this.parse(TrustExport);
    refuseUnreadable(args.directory);
    const records = flags.record?.map((text) => registeredId(args.directory, text));
    const { baselines, without } = await baselinesOf(args.directory, (id) => records?.includes(id) ?? true, new Date());
    const bundle = exportBundle(args.directory, KNOWN_RULES, baselines);
    if (flags.out === undefined) {
      this.say(renderBundle(bundle).trimEnd());
    } else {
      writeAtomic(flags.out, renderBundle(bundle));
      const files = counted(Object.keys(bundle.files).length, 'file');
      this.say(
        `wrote ${flags.out}: the policy, ${files} that it names, and how far ${counted(Object.keys(baselines).length, 'record')} had come`,
      );
      if (without.length > 0) this.say(`${counted(without.length, 'record')} had nothing yet that the journal has as accepted`);
      this.say(`digest: ${bundle.digest}`);
      this.sayNext(commandLine('vpr', 'setup', '--trust', flags.out));
    }
    return bundle;
  }
}

function registeredId(host: string, text: string): Uuid {
  const id = parseTypedUuid(text);
  if (id !== undefined && registeredRecord(host, id) !== undefined) return id;
  throw new VprError('trust/record', `--record: ${JSON.stringify(text)} is no record of this host`, {
    help: [commandLine('vpr', 'host', 'list', host)],
  });
}
