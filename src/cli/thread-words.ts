/** A thread as people read it on a terminal. */
import { printable } from '../format/index.js';
import type { MessageView, ThreadLine, ThreadView } from '../records/thread-view.js';

/** Head, participants and messages; whatever a record holds is made safe for a terminal. */
export function threadWords({ id, ledger, messages }: ThreadView): string[] {
  const { status, visibility, participants } = ledger;
  return [
    `thread ${id}  ${status}${visibility.sensitivity === 'standard' ? '' : `, ${visibility.sensitivity}`}${visibility.restricted ? ', restricted' : ''}`,
    ...participants.map(
      ({ role, display_name, organisation }) =>
        `  ${role.padEnd(16)} ${printable(display_name)}${organisation === undefined ? '' : `, ${printable(organisation)}`}`,
    ),
    ...messages.flatMap(messageWords),
  ];
}

/** One line a thread. */
export function lineWords({ id, status, lastUpdatedAt, participants, fault }: ThreadLine): string {
  if (fault !== undefined) return `${id}  does not read: ${printable(fault)}`;
  return `${id}  ${status?.padEnd(8)}  ${lastUpdatedAt}  ${participants?.map((name) => printable(name)).join(', ')}`;
}

function messageWords({ id, role, authorName, timestamp, corrects, recordedBy, body }: MessageView): string[] {
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
