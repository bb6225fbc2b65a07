/** The message of a commit (FORMAT.md §6 "Message"). */
import { type Fault, type Read, read } from './fault.js';
import { foreignMessage } from './foreign-message.js';
import { didYouMean } from './nearest.js';
import { describeCharacter, forbiddenCharacter, isTrimmedLine, printable } from './text.js';
import { inWrittenOrder, meantTrailer, missingTrailers, readTrailer, type Trailer, trailerArguments, trailerFaults } from './trailers.js';

export type { Trailer } from './trailers.js';

/** A message to be written. */
export interface NewCommitMessage {
  readonly domain: string;
  readonly action: string;
  /** One line of at most 100 characters, without patient identifiers or clinical content. */
  readonly summary: string;
  readonly trailers: readonly Trailer[];
}

/** A message that was read; lines count from the subject's, 1. */
export interface CommitMessage extends NewCommitMessage {
  readonly trailers: readonly (Trailer & { readonly line: number })[];
}

export const COMMIT_ACTIONS: readonly string[] = ['create', 'update', 'superseded', 'redact'];
export const COMMIT_DOMAINS: readonly string[] = [
  'coordination',
  'clinical',
  'demographics',
  'redaction',
  'record',
  'messaging',
  'observation',
  'diagnosis',
  'treatment',
  'administration',
  'correction',
  'metadata',
];

const MAX_SUMMARY = 100;
const MAX_FAULTS = 10;
const SUBJECT = /^([^: ]*):([^: ]*): (.*)$/s;
const EXAMPLE = 'write the subject as "<domain>:<action>: <summary>", for example: coordination:update: Added message to thread';

/**
 * Reads a commit message. `redact` is read as any action: whether it is allowed
 * is a rule's to say. Faults carry the message's lines, and nothing of what
 * trailers or the summary say.
 *
 * @param options `finalNewline: 'optional'` for what was taken over (FORMAT.md §9)
 */
export function readCommitMessage(text: string, options: { readonly finalNewline?: 'required' | 'optional' } = {}): Read<CommitMessage> {
  const foreign = foreignMessage(text);
  if (foreign !== undefined) return { ok: false, faults: [foreign] };
  const faults = textFaultsOf(text, options.finalNewline ?? 'required');
  const [subject = '', ...rest] = withoutFinalNewline(text).split('\n');
  const { fields, faults: subjectFaults } = readSubject(subject);
  const { trailers, faults: bodyFaults } = readTrailers(rest);
  faults.push(...subjectFaults, ...bodyFaults);
  const missing = missingTrailers(trailers);
  if (missing.length > 0) faults.push(missingFault(missing, trailers));
  if (faults.length === 0) return read({ ...fields, trailers });
  return { ok: false, faults: faults.slice(0, MAX_FAULTS) };
}

/** Writes a message: trailers in the order of FORMAT.md §6, and a final newline. Checks nothing. */
export function renderCommitMessage({ domain, action, summary, trailers }: NewCommitMessage): string {
  const lines = inWrittenOrder(trailers).map(({ key, value }) => `${key}: ${value}\n`);
  return `${domain}:${action}: ${summary}\n\n${lines.join('')}`;
}

/** The value of the first trailer of a key, told apart without regard to case. */
export function trailer(message: NewCommitMessage, key: string): string | undefined {
  return trailersOf(message, key)[0];
}

/** The values of all trailers of a key, in the order they stand in. */
export function trailersOf({ trailers }: NewCommitMessage, key: string): string[] {
  return trailers.filter((each) => each.key.toLowerCase() === key.toLowerCase()).map(({ value }) => value);
}

function textFaultsOf(text: string, finalNewline: 'required' | 'optional'): Fault[] {
  const faults: Fault[] = [];
  const forbidden = forbiddenCharacter(text);
  if (forbidden !== undefined) {
    faults.push({ message: `holds ${describeCharacter(forbidden.codePoint)}`, line: lineIn(text, forbidden.index) });
  }
  const tab = text.indexOf('\t');
  if (tab >= 0) faults.push({ message: 'holds a TAB', line: lineIn(text, tab) });
  if (finalNewline === 'required' && !text.endsWith('\n')) {
    faults.push({ message: 'has no newline at its end', line: lineIn(text, text.length), help: ['git commit --amend --no-edit -S'] });
  }
  return faults;
}

function readSubject(subject: string): { fields: Omit<CommitMessage, 'trailers'>; faults: Fault[] } {
  const [, domain = '', action = '', summary = ''] = SUBJECT.exec(subject) ?? [];
  const fields = { domain, action, summary };
  if (domain === '' && action === '') {
    return {
      fields,
      faults: [{ message: 'its subject is not "<domain>:<action>: <summary>"', line: 1, help: [EXAMPLE, 'git commit --amend -S'] }],
    };
  }
  const messages = [
    oneOf('domain', domain, COMMIT_DOMAINS),
    oneOf('action', action, COMMIT_ACTIONS),
    isTrimmedLine(summary) ? undefined : 'its summary is empty, or begins or ends with a blank',
    lengthOf(summary) > MAX_SUMMARY ? `its summary has ${lengthOf(summary)} characters, more than ${MAX_SUMMARY}` : undefined,
  ];
  const faults = messages
    .filter((message) => message !== undefined)
    .map((message) => ({ message, line: 1, help: ['git commit --amend -S'] }));
  return { fields, faults };
}

function oneOf(what: string, word: string, known: readonly string[]): string | undefined {
  if (known.includes(word)) return undefined;
  return `its ${what} "${printable(word, 40)}" is not one of ${known.join(', ')}${didYouMean(word, known)}`;
}

/** Lines behind the subject: one blank line, then trailers to the end. */
function readTrailers(lines: readonly string[]): { trailers: CommitMessage['trailers'][number][]; faults: Fault[] } {
  const trailers: (Trailer & { line: number })[] = [];
  const faults: Fault[] = [];
  const help = ['git commit --amend -S'];
  if (lines.length > 0 && lines[0] !== '') faults.push({ message: 'has no blank line behind its subject', line: 2, help });
  for (const [index, text] of lines.entries()) {
    const line = index + 2;
    const found = readTrailer(text);
    if (found !== undefined) trailers.push({ ...found, line });
    else if (index > 0 || text !== '') faults.push({ message: notATrailer(text), line, help });
  }
  faults.push(...trailerFaults(trailers));
  return { trailers, faults: faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function notATrailer(line: string): string {
  if (line === '') return 'has a blank line where trailers or nothing may stand';
  if (/^[ \t]/.test(line)) return 'has a trailer that goes on over several lines; each is one line';
  return 'has a line that is no trailer ("Key: value"): behind the subject stand trailers alone';
}

function missingFault(missing: readonly string[], trailers: readonly Trailer[]): Fault {
  const meant = meantTrailer(missing, trailers);
  const hint = meant === undefined ? '' : `; ${printable(meant, 40)} looks much like one`;
  const which =
    missing.length === 1 ? `the trailer ${missing[0]}` : `the trailers ${missing.slice(0, -1).join(', ')} and ${missing.at(-1)}`;
  return { message: `lacks ${which}${hint}`, help: [`git commit --amend --no-edit -S${trailerArguments(missing)}`] };
}

function withoutFinalNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function lengthOf(text: string): number {
  return [...text].length;
}

function lineIn(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
