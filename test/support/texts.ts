/** Texts of the examples' record, written by hand and not by the code under test. */
import { randomUUID } from 'node:crypto';
import type { ExampleMessage } from '../../src/validators/example.js';
import type { TestPerson } from './people.js';

export const RECORD_ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
export const OTHER_ID = '11111111-2222-4333-8444-555555555555';
export const MESSAGE_ID = '3f7a8d2c-1e9b-4a6d-9f2e-5c8b7a4d1f92';

export const STATUS = `coordination_id: "${RECORD_ID}"
clinical_id: "a4f91c6d-3b2e-4c5f-9d7a-1e8b6c0a9f12"
status:
  lifecycle_state: active
  record_open: true
  record_queryable: true
  record_modifiable: true
`;

export function ledgerText(id: string, participants: readonly TestPerson[], time: string): string {
  const entries = participants.map(
    ({ id: participant, role, name }) => `  - participant_id: ${participant}\n    role: ${role}\n    display_name: ${name}\n`,
  );
  return `communication_id: ${id}
status: open
created_at: ${time}
last_updated_at: ${time}
participants:
${entries.join('')}visibility:
  sensitivity: standard
  restricted: false
policies:
  allow_patient_participation: true
  allow_external_organisations: true
`;
}

/** One message of layout 1, without what separates it from others. */
export function messageText(message: ExampleMessage, author: TestPerson, time: string): string {
  const metadata = [
    `**ID:** \`${message.id ?? randomUUID()}\``,
    `**Type:** ${message.role ?? author.role}`,
    `**Timestamp:** ${time}`,
    `**Author ID:** \`${author.id}\``,
    `**Author:** ${message.name ?? author.name}`,
    ...(message.corrects === undefined ? [] : [`**Corrects:** \`${message.corrects}\``]),
  ];
  const body = (message.body ?? 'Seen, thank you.').replace(/^(\\*(?:---|## Message)[ \t]*)$/gm, '\\$1');
  return `## Message\n\n${metadata.join('  \n')}\n\n${body}\n`;
}

/** The bytes of a commit without a signature. A trailer that is `null` is left out. */
export function commitText(
  tree: string,
  parents: readonly string[],
  ident: string,
  subject: string,
  trailers: Readonly<Record<string, string | null>>,
): string {
  return [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${ident}`,
    `committer ${ident}`,
    '',
    subject,
    '',
    ...Object.entries(trailers).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`])),
    '',
  ].join('\n');
}
