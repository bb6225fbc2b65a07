/** A thread as people read it on a terminal. */
import { printable } from '../format/index.js';
import type { MessageView, ThreadLine, ThreadView } from '../records/thread-view.js';

/** Head, participants and messages; whatever a record holds is made safe for a terminal. */
export function threadWords({ id, ledger, messages }: ThreadView): string[] {
  const { status, visibility, participants } = ledger;
  const state = `${status}${visibility.sensitivity === 'standard' ? '' : `, ${visibility.sensitivity}`}${visibility.restricted ? ', restricted' : ''}`;
  return [...threadHead(id, state, participants), ...messages.flatMap(messageWords)];
}

/** The thread, and who takes part. */
export function threadHead(
  id: string,
  state: string,
  participants: readonly { readonly role: string; readonly display_name: string; readonly organisation?: string | undefined }[],
): string[] {
  return [
    `thread ${id}  ${state}`,
    ...participants.map(
      ({ role, display_name, organisation }) =>
        `  ${role.padEnd(16)} ${printable(display_name)}${organisation === undefined ? '' : `, ${printable(organisation)}`}`,
    ),
  ];
}

/** One line a thread. */
export function lineWords({ id, status, lastUpdatedAt, participants, fault }: ThreadLine): string {
  if (fault !== undefined) return `${id}  does not read: ${printable(fault)}`;
  return `${id}  ${status?.padEnd(8)}  ${lastUpdatedAt}  ${participants?.map((name) => printable(name)).join(', ')}`;
}

/** A message: when and by whom, what it corrects, and its text. */
export function messageWords({ id, role, authorName, timestamp, corrects, recordedBy, body }: MessageView): string[] {
  const who = `${printable(authorName)}${role === undefined ? '' : ` (${role})`}${recordedBy === undefined ? '' : `, recorded by ${printable(recordedBy)}`}`;
  return [
    '',
    `${timestamp}  ${who}  ${id}`,
    ...(corrects === undefined ? [] : [`  corrects ${corrects}`]),
    '',
    ...body.split('\n').map(bodyWords),
  ];
}

/** A line of a body: TABs stay, other controls are shown. */
function bodyWords(line: string): string {
  return `  ${line
    .split('\t')
    .map((part) => printable(part, Number.POSITIVE_INFINITY))
    .join('\t')}`;
}
