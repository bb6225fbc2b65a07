import { Flags } from '@oclif/core';
import { VprCommand } from '../../cli/base.js';
import { readBody } from '../../cli/body.js';
import { asFlag, bodyFlags, inFlag, visibilityFlags } from '../../cli/flags.js';
import { rolesOf } from '../../cli/writer-roles.js';
import { parseParticipant } from '../../records/participants.js';
import { createThread } from '../../records/thread-create.js';
import { openWriter } from '../../records/writer.js';

export default class ThreadCreate extends VprCommand {
  static override summary = 'Open a thread, with its first message.';
  static override description = 'You take part in the thread yourself, whether you name yourself or not.';
  static override examples = [
    '<%= config.bin %> thread create --participant "b7d1c2a4-5e6f-4a8b-9c0d-1e2f3a4b5c6d:patient:Mr John Doe" --message "Please review before discharge."',
    '<%= config.bin %> thread create --participant "0a9b8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a:clinician:Dr Tom Brown:Example NHS Trust" --no-allow-patients --file note.md',
  ];
  static override flags = {
    ...inFlag,
    participant: Flags.string({ multiple: true, helpValue: 'ID:ROLE:NAME[:ORG]', description: 'who else takes part' }),
    ...bodyFlags,
    ...asFlag,
    ...visibilityFlags,
  };

  async run() {
    const { flags } = await this.parse(ThreadCreate);
    const writer = openWriter(flags.in);
    const created = createThread(writer, {
      allowed: rolesOf(writer),
      participants: (flags.participant ?? []).map(parseParticipant),
      as: flags.as,
      body: readBody(flags, true),
      visibility: { sensitivity: flags.sensitivity ?? 'standard', restricted: flags.restricted ?? false },
      policies: {
        allow_patient_participation: flags['allow-patients'] ?? true,
        allow_external_organisations: flags['allow-external'] ?? true,
      },
    });
    this.say(`opened thread ${created.thread}`);
    if (created.message !== undefined) this.say(`message ${created.message}`);
    this.say(`commit ${created.commit}`);
    this.sayNext('vpr check', 'git push');
    return created;
  }
}
