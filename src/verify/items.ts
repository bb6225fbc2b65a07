/** A report as a flat list: what annotations and test reports are made from. */
import { ruleOf } from '../validators/rules.js';
import type { Report } from './report.js';

/** One thing to be said. */
export interface Item {
  /** A rule's id, or `verify/…` for what makes a look incomplete. */
  readonly rule: string;
  readonly level: 'error' | 'warning';
  /** What does not hold, from the rule itself: nothing that the record says. */
  readonly message: string;
  readonly record: string;
  readonly commit?: string;
  readonly path?: string;
  readonly line?: number;
}

/** Problems and gaps of every record that is reported; of problems those that are listed, and how many more there are. */
export function* itemsOf({ records, gaps }: Report): Generator<Item> {
  for (const { code, message } of gaps) yield { rule: `verify/${code}`, level: 'error', message, record: 'host' };
  for (const { record, where, history, gaps: own } of records) {
    const id = record.id ?? where;
    for (const { code, message } of own) yield { rule: `verify/${code}`, level: 'error', message, record: id };
    for (const { rule, severity, commit, path, line } of history?.verdict.problems ?? []) {
      yield {
        rule,
        level: severity === 'warn' ? 'warning' : 'error',
        message: brokenOf(rule),
        record: id,
        ...(commit === undefined ? {} : { commit }),
        ...(path === undefined ? {} : { path: Buffer.from(path, 'latin1').toString('utf8') }),
        ...(line === undefined ? {} : { line }),
      };
    }
    for (const [rule, count] of Object.entries(history?.verdict.suppressed ?? {})) {
      yield { rule, level: 'error', message: `${brokenOf(rule)} (${count} more)`, record: id };
    }
  }
}

/** That what a rule says does not hold. */
export function brokenOf(rule: string): string {
  return `does not hold: ${statementOf(rule)}`;
}

/** What a rule says must hold. */
export function statementOf(rule: string): string {
  return ruleOf(rule)?.statement ?? rule;
}
