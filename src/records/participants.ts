/** People in a ledger: as typed on a command line, and who a writer is among them. */
import { VprError } from '../errors.js';
import {
  forbiddenCharacter,
  isTrimmedLine,
  type Ledger,
  parseRole,
  parseTypedUuid,
  parseUuid,
  ROLES,
  type Role,
  type Uuid,
} from '../format/index.js';
import { participantOf, type Writer } from './writer.js';

export type Participant = Ledger['participants'][number];

/** Reads `ID:ROLE:NAME[:ORGANISATION]`; a colon that belongs to a name is written `\\:`. Throws `participant/…` with what was expected. */
export function parseParticipant(text: string): Participant {
  const [id = '', role = '', name = '', organisation, ...more] = text.split(/(?<!\\):/).map((part) => part.replaceAll('\\:', ':').trim());
  const example = { help: ['for example "4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12:clinician:Dr Jane Smith:Example NHS Trust"'] };
  const fail = (what: string) =>
    new VprError('participant/unreadable', `participant: ${what}; expected ID:ROLE:NAME or ID:ROLE:NAME:ORGANISATION`, example);
  const uuid = parseTypedUuid(id);
  const known = parseRole(role);
  if (uuid === undefined) throw fail(`${JSON.stringify(id)} is not a UUID`);
  if (known === undefined) throw fail(`${JSON.stringify(role)} is not one of ${ROLES.join(', ')}`);
  if (more.length > 0) throw fail('there are too many colons (write \\: for one that belongs to a name)');
  for (const line of organisation === undefined ? [name] : [name, organisation]) {
    if (!isTrimmedLine(line) || forbiddenCharacter(line) !== undefined) throw fail('name and organisation are one line of text, not empty');
  }
  return { participant_id: uuid, role: known, display_name: name, ...(organisation === undefined ? {} : { organisation }) };
}

/** The participant with an id, in either spelling. */
export function participantWith(participants: readonly Participant[], id: Uuid): Participant | undefined {
  return participants.find(({ participant_id: known }) => parseUuid(known) === id);
}

/** The writer's own line in a ledger. Throws `thread/not-participant`. */
export function ownLine(writer: Writer, { participants }: Ledger, threadId: string): Participant {
  const id = participantOf(writer);
  const own = participantWith(participants, id);
  if (own !== undefined) return own;
  throw new VprError('thread/not-participant', `${writer.identity.name} (${id}) does not take part in this thread`, {
    help: [
      `a clinician who does can add them: vpr ledger set ${threadId} --add-participant "${id}:${roleOf(writer) ?? 'clinician'}:${writer.identity.name}"`,
    ],
  });
}

/** The role that the writer's own words in `vpr setup --role` name, where they name one. */
export function roleOf({ role }: Writer): Role | undefined {
  return parseRole(role.toLowerCase().replace(/[ -]/g, ''));
}
