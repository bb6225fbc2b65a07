/** SARIF 2.1.0 (OASIS), as code scanning reads it. */
import { STATUS_FILE } from '../format/layout.js';
import { type Item, itemsOf, statementOf } from './items.js';
import type { Report } from './report.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The log, as plain data. */
export function sarifReport(report: Report) {
  const items = [...itemsOf(report)];
  const rules = [...new Map(items.map(({ rule, message }) => [rule, rule.startsWith('verify/') ? message : statementOf(rule)])).entries()];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'vpr',
            version: report.versions.vpr,
            rules: rules.map(([id, message]) => ({ id, shortDescription: { text: message } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, exitCode: report.good ? 0 : 1, endTimeUtc: report.time }],
        results: items.map((item) => result(item, rules)),
        properties: { good: report.good, totals: report.totals, digests: report.digests },
      },
    ],
  };
}

function result({ rule, level, message, record, commit, path, line }: Item, rules: readonly (readonly [string, string])[]) {
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(([id]) => id === rule),
    level,
    message: { text: commit === undefined ? message : `${message} (commit ${commit})` },
    locations: [
      {
        physicalLocation: {
          // Code scanning wants a file of each result: what is about no file is put at the record's own.
          artifactLocation: { uri: (path ?? STATUS_FILE.coordination).split('/').map(encodeURIComponent).join('/') },
          ...(line === undefined ? {} : { region: { startLine: line } }),
        },
      },
    ],
    properties: { record, ...(commit === undefined ? {} : { commit }) },
  };
}
