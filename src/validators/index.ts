/** The public library `vpr/validators`: the rules, and the judging of a push by them. */
export type { Example, ExampleCommit, ExampleMessage, ExampleRecord, Person } from './example.js';
export { type JudgedCommit, judge, type Look, severityOf } from './judge.js';
export { reportText } from './report.js';
export type { Finding, Need, Rule } from './rule.js';
export { KNOWN_RULES, RULES, ruleOf } from './rules.js';
export type { Context, Step, Times } from './step.js';
export { FORMAT_VERSION, reportData, type Verdict, type VerdictReport } from './verdict.js';
