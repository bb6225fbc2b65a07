/** The state of a projection as a person reads it. */
import { commandLine } from '../format/shell.js';
import { counted, printable } from '../format/text.js';
import type { IdsUsedTwice } from '../projections/index.js';
import type { Checked } from '../watch/check.js';
import type { Outcome } from '../watch/project.js';
import type { ProjectionStatus } from '../watch/status.js';

/** Held records that are printed; the others are counted. */
const SHOWN = 20;
const LONGEST = 1000;

export function statusLines(status: ProjectionStatus): string[] {
  const { database, records, current, behind, empty, older, newer, held, moreHeld, unregistered, damaged, waiting, bad } = status;
  const more = Math.max(0, held.length - SHOWN) + moreHeld;
  return [
    `${database}: ${counted(records, 'record')}, ${current} up to date, ${behind} behind, ${empty} without a commit`,
    ...(older > 0 ? [`${counted(older, 'record')} to be made anew: their rows are of an older version of vpr`] : []),
    ...(newer > 0 ? [`${counted(newer, 'record')} with rows of a newer version of vpr: install that here`] : []),
    ...held
      .slice(0, SHOWN)
      .flatMap(({ record, state, reason, reached, attempts, nextTryAt }) => [
        `${state}  ${record}  ${printable(reason, LONGEST)}`,
        `  answers stand on ${reached ?? 'nothing'}; ${counted(attempts, 'attempt')}, the next at ${nextTryAt ?? 'the next scan'}`,
      ]),
    ...(more > 0 ? [`and ${more} more that are held (--json lists up to 1000)`] : []),
    ...(unregistered.length > 0
      ? [`${counted(unregistered.length, 'record')} projected and not registered: ${unregistered.slice(0, SHOWN).join(', ')}`]
      : []),
    ...(damaged > 0 ? [`${counted(damaged, 'registration')} damaged: vpr doctor says which`] : []),
    ...(waiting > 0 ? [`${counted(waiting, 'file')} waiting in the spool`] : []),
    ...(bad > 0 ? [`${counted(bad, 'file')} in spool/bad, which were no hints`] : []),
  ];
}

/** Ids that several messages have. */
export function sharedLines({ count: { value, capped }, first }: IdsUsedTwice): string[] {
  if (value === 0) return [];
  return [
    `${value}${capped ? '+' : ''} message ${value === 1 && !capped ? 'id' : 'ids'} that several messages have, where each should have its own; those of restricted messages are counted, not named${first.length === 0 ? '' : ':'}`,
    ...first.map(({ record, thread, message }) => `  ${message}  in record ${record}  thread ${printable(thread)}`),
  ];
}

/** @param host its directory */
export function outcomeWords(record: string, outcome: Outcome, host: string): string {
  switch (outcome.kind) {
    case 'nothing':
      return `${record}  no commit yet`;
    case 'unknown':
      return `${record}  neither registered nor projected: ${commandLine('vpr', 'host', 'list', host)}`;
    case 'projected':
      return `${record}  ${counted(outcome.commits, 'commit')}, up to ${outcome.to}${judgedWords(outcome.judged)}`;
    case 'withheld':
      return `${record}  withheld above ${outcome.to ?? 'nothing'}: ${outcome.rule} (${commandLine('vpr', 'projection', 'status', host)})`;
    case 'set-aside':
      return `${record}  set aside: ${printable(outcome.why, LONGEST)}`;
  }
}

function judgedWords(judged: number): string {
  return judged === 0 ? '' : `; ${judged} without an entry in the journal, judged now`;
}

export function checkedLines({ record, reached, good, digest, code, why, differences }: Checked): string[] {
  if (good) return [`good  ${record}  ${reached ?? 'no commit'}  ${digest}`];
  return [
    `bad   ${record}  ${reached ?? 'no commit'}  ${code}: ${printable(why ?? '', LONGEST)}`,
    ...differences
      .slice(0, SHOWN)
      .map(({ table, key, kind }) => `  ${table} ${key.map((part) => printable(String(part))).join(' ')}: ${kind}`),
    ...(differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more`] : []),
  ];
}
