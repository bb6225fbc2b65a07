import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { holderFlags, holderInput, holderWords } from '../../cli/holder-flags.js';
import { chosenPassphrase, newKeyFlags } from '../../cli/passphrase-flags.js';
import { commandLine } from '../../format/shell.js';
import { createRequest } from '../../records/request.js';

export default class CertRequest extends VprCommand {
  static override summary = 'Make a key of your own, and a request for a certificate of it.';
  static override description =
    'The key stays with you, encrypted; only the request goes to the authority, which says itself what the certificate will hold.';
  static override examples = [
    '<%= config.bin %> cert request --name "Dr Jane Smith" --authority GMC --number 1234567 --email jane.smith@example.org --out jane',
  ];
  static override flags = {
    ...holderFlags,
    participant: Flags.string({
      helpValue: 'UUID',
      description: 'the id you have in ledgers, where you have one; otherwise the authority gives one',
    }),
    out: Flags.string({ required: true, helpValue: 'DIR', description: 'where key and request go' }),
    ...newKeyFlags,
  };

  async run() {
    const { flags } = await this.parse(CertRequest);
    const passphrase = chosenPassphrase('your key', flags);
    const made = await createRequest({ ...holderInput(flags), out: flags.out, passphrase });
    this.say(
      `made   ${made.key}  (for you alone${passphrase === undefined ? ', and under no passphrase: who can read it can sign as you' : ''})`,
      `made   ${made.request}  (for the authority)`,
    );
    this.sayNext(`vpr cert issue --ca DIR ${commandLine('--csr', made.request, ...holderWords(flags))} --out DIR  # at the authority`);
    return made;
  }
}
