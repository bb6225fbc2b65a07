/** A rule as people and programs read it. */
import type { Rule } from '../validators/index.js';

/** Statement, reason, examples and source; a line an element. */
export function ruleWords({ id, statement, why, section, since, refuses, accepts, protects, fixed }: Rule): string[] {
  return [
    `${id}  (FORMAT ${section}, since version ${since})`,
    '',
    `  ${statement}.`,
    `  ${why}`,
    '',
    `  refused:  ${refuses.title}`,
    `  accepted: ${accepts.title}`,
    ...(fixed === true ? ['', '  A host cannot loosen it: other rules go by what it guarantees.'] : []),
    ...(protects === true ? ['', '  It protects history itself: vpr doctor says so wherever it is not an error.'] : []),
  ];
}

/** The same for programs. */
export function ruleData({ id, statement, why, section, since, refuses, accepts }: Rule) {
  return { id, statement, why, section, since, refuses: refuses.title, accepts: accepts.title };
}
