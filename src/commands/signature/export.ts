import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { inFlag } from '../../cli/flags.js';
import { commandLine } from '../../format/shell.js';
import { counted } from '../../format/text.js';
import { topOf } from '../../records/chain.js';
import { certificatesIn } from '../../records/credentials.js';
import { exportSignature } from '../../records/export-signature.js';
import { refuseExisting, writeAllNew } from '../../records/files.js';
import { readSettings } from '../../records/settings.js';
import { loadBundle } from '../../records/trust-bundle.js';
import { sameName } from '../../trust/certificate/name.js';
import { KNOWN_RULES } from '../../validators/index.js';

export default class SignatureExport extends VprCommand {
  static override summary = "Take a commit's signature out of it, as files that openssl and others check.";
  static override description =
    "Writes COMMIT.p7s (detached CMS, DER) and COMMIT.payload (the bytes it is over), from every encoding and without a key. A certificate that the commit does not carry comes from the host's trust bundle or the files that --certificate names, where they have it; who is still missing is said.";
  static override examples = [
    '<%= config.bin %> signature export HEAD --out ../proof',
    '<%= config.bin %> signature export 3f2a9c1 --in record.git --trust trust.json',
    '<%= config.bin %> signature export HEAD --certificate issuing/authority.crt --out ../proof',
  ];
  static override args = { commit: Args.string({ name: 'COMMIT', required: true, ignoreStdin: true, description: 'which commit' }) };
  static override flags = {
    ...inFlag,
    out: Flags.string({ helpValue: 'DIR', default: '.', description: 'where the two files go' }),
    certificate: Flags.string({
      helpValue: 'FILE',
      multiple: true,
      description: "certificates that the commit may lack: an intermediate's, or the signer's (PEM, one or more; or DER)",
    }),
    trust: Flags.string({ helpValue: 'FILE', description: "the host's trust bundle, instead of the clone's" }),
  };

  async run() {
    const { args, flags } = await this.parse(SignatureExport);
    const bundle = flags.trust ?? readSettings(flags.in).trust;
    const host = bundle === undefined || (flags.trust === undefined && !existsSync(bundle)) ? undefined : loadBundle(bundle, KNOWN_RULES);
    const given = (flags.certificate ?? []).flatMap(certificatesIn);
    const found = exportSignature(flags.in, args.commit, host?.trust, given);
    const files = { signature: join(flags.out, `${found.commit}.p7s`), payload: join(flags.out, `${found.commit}.payload`) };
    refuseExisting(Object.values(files));
    writeAllNew([
      { path: files.signature, content: found.signature },
      { path: files.payload, content: found.payload },
    ]);
    const [{ fingerprint }] = found.certificates;
    this.say(
      `wrote  ${files.signature}  (from ${found.encoding}, ${counted(found.certificates.length, 'certificate')})`,
      `wrote  ${files.payload}`,
    );
    if (found.supplied > 0)
      this.say(
        `${counted(found.supplied, 'certificate')} of these the commit does not carry: from the host's trust bundle, or the files you named`,
      );
    const top = topOf(found.certificates);
    this.say(
      `signed with the certificate whose SHA-256 is ${fingerprint}`,
      sameName(top.issuer, top.subject)
        ? `it leads to ${top.subject.text}, which signed itself: ROOT is that certificate, if you trust it`
        : `it leads to ${top.issuer.text}${found.missing === undefined ? '' : ', which is no root of the host'}, whose certificate is not among these: ROOT is a file with that one, and those above it up to a root that you trust`,
    );
    if (found.missing !== undefined)
      this.say(
        `where ${found.missing} is an intermediate, openssl will not accept it without: name a file with its certificate: --certificate FILE`,
      );
    this.sayNext(
      `${commandLine('openssl', 'cms', '-verify', '-binary', '-content', files.payload, '-inform', 'DER', '-in', files.signature)} -CAfile ROOT -out /dev/null`,
    );
    return {
      commit: found.commit,
      encoding: found.encoding,
      ...files,
      certificate: fingerprint,
      supplied: found.supplied,
      missing: found.missing,
    };
  }
}
