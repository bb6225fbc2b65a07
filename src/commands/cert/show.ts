import { Args } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { showFile } from '../../records/show.js';

export default class CertShow extends VprCommand {
  static override summary = 'Show what a certificate, a request or a revocation list says.';
  static override description =
    "Reads PEM or DER. Says as well what keeps a certificate from signing records, or a request from being certified; then the exit code is 1. Nothing is checked against a host's trust.";
  static override examples = [
    '<%= config.bin %> cert show jane/dr-jane-smith.crt',
    '<%= config.bin %> cert show gmc-ca/issuing/authority.crl',
  ];
  static override args = { file: Args.string({ name: 'FILE', required: true, ignoreStdin: true, description: 'the file to show' }) };

  async run() {
    const { args } = await this.parse(CertShow);
    const all = await showFile(args.file);
    for (const { kind, fields, faults } of all) {
      this.say(kind === 'crl' ? 'revocation list' : kind);
      for (const [label, first = 'none', ...more] of fields) {
        this.say(`  ${label.padEnd(18)} ${first}`, ...more.map((value) => `  ${''.padEnd(18)} ${value}`));
      }
      this.say(...faults.map((fault) => `  problem: ${fault}`));
    }
    if (all.some(({ faults }) => faults.length > 0)) this.problemsFound();
    return all.map(({ kind, fields, faults }) => ({
      kind,
      ...Object.fromEntries(fields.map(([label, ...values]) => [camel(label), values])),
      problems: faults,
    }));
  }
}

/** `valid from` as a name in JSON: `validFrom`. */
function camel(label: string): string {
  return label.replace(/[ -](\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^SHA/, 'sha');
}
