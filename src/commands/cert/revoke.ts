import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { commandLine } from '../../format/shell.js';
import { openIssuing } from '../../records/authority.js';
import { revoke } from '../../records/crl.js';
import { findIssued } from '../../records/find-issued.js';
import { REASONS } from '../../records/register.js';

export default class CertRevoke extends VprCommand {
  static override summary = 'Revoke a certificate that this authority issued.';
  static override description =
    "Written into the authority's register; vpr cert crl then makes the list that hosts read. What was received before the revocation stays good, except for keyCompromise: that voids what was received after --invalid-since, or, without it, everything the key ever signed. No key is needed.";
  static override examples = [
    '<%= config.bin %> cert revoke jane/dr-jane-smith.crt --ca gmc-ca --reason keyCompromise --invalid-since 2026-01-11T14:00:00Z',
    '<%= config.bin %> cert revoke 5f0c2a… --ca gmc-ca --reason cessationOfOperation',
  ];
  static override args = {
    certificate: Args.string({ name: 'CERTIFICATE', required: true, ignoreStdin: true, description: 'its file, or its serial number' }),
  };
  static override flags = {
    ca: Flags.string({ required: true, helpValue: 'DIR', description: 'what vpr cert authority made' }),
    reason: Flags.option({ options: REASONS, required: true, description: 'why (RFC 5280 §5.3.1)' })(),
    'invalid-since': Flags.string({ helpValue: 'TIME', description: 'from when on the key may have been in other hands' }),
  };

  async run() {
    const { args, flags } = await this.parse(CertRevoke);
    const { authority, certificate } = findIssued(flags.ca, args.certificate);
    const done = revoke({ authority, certificate, reason: flags.reason, invalidSince: flags['invalid-since'] }, new Date());
    this.say(
      `revoked ${done.serial} on ${done.revokedAt}: ${done.reason}${done.invalidSince === undefined ? '' : `, invalid since ${done.invalidSince}`}`,
    );
    if (done.elsewhere.length > 0)
      this.say(
        `its key is certified elsewhere under the same root, and not revoked there: ${done.elsewhere.map(({ serial }) => serial).join(', ')}`,
      );
    if (done.sameKey.length > 0) this.say(`and with it, of the same key: ${done.sameKey.join(', ')}`);
    this.say('no host knows of it before it has the new list');
    // Of a directory with an intermediate, the list is the intermediate's unless the root's is asked for.
    const root = openIssuing(authority.directory).directory === authority.directory ? [] : ['--root'];
    const since = flags['invalid-since'] === undefined ? [] : ['--invalid-since', flags['invalid-since']];
    this.sayNext(
      commandLine('vpr', 'cert', 'crl', '--ca', authority.directory, ...root),
      // The same key, certified by another authority of the root.
      ...done.elsewhere.map(({ directory, serial }) =>
        commandLine('vpr', 'cert', 'revoke', serial, '--ca', directory, '--reason', flags.reason, ...since),
      ),
    );
    return done;
  }
}
