/** Runs a table of pushes to the examples' record, each with the rules that must refuse it and no others. */
import t from 'tap';
import type { ExampleRecord } from '../../src/validators/example.js';
import { makePeople } from '../support/people.js';
import { scenario } from '../support/scenario.js';

/** `refusedBy` is empty where the push must be accepted. */
export type Case = readonly [title: string, push: (record: ExampleRecord) => void, refusedBy: readonly string[]];

export const ledger = ({ thread }: ExampleRecord) => `${thread}/ledger.yaml`;
export const status = 'COORDINATION_STATUS.yaml';
export const behalf = (id: string) => ({ 'On-Behalf-Of': id });
export const entry = (id: string, role: string, name: string, organisation = '') =>
  `  - participant_id: ${id}\n    role: ${role}\n    display_name: ${name}\n${organisation === '' ? '' : `    organisation: ${organisation}\n`}`;
export const adding = (text: string) => (yaml: string) => yaml.replace('visibility:', `${text}visibility:`);
export const without = (id: string) => (yaml: string) =>
  yaml.replace(new RegExp(`  - participant_id: ${id}\\n    role: .*\\n    display_name: .*\\n`), '');
export const close = (yaml: string) => yaml.replace('status: open', 'status: closed');

export async function runCases(cases: readonly Case[]): Promise<void> {
  const people = await makePeople();
  for (const [title, push, refusedBy] of cases) {
    t.test(title, async (t) => {
      const record = scenario(people);
      push(record);
      const verdict = await record.judge();
      const rules = [...new Set(verdict.problems.map(({ rule }) => rule))].sort();
      t.same(rules, [...refusedBy].sort(), verdict.problems.map(({ message }) => message).join(' | '));
      t.equal(verdict.accepted, refusedBy.length === 0);
    });
  }
}
