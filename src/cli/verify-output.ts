/** The outputs of `vpr verify`, by name. */
import type { Report } from '../verify/report.js';
import { githubReport } from '../verify/report-github.js';
import { jsonReport } from '../verify/report-json.js';
import { junitReport } from '../verify/report-junit.js';
import { sarifReport } from '../verify/report-sarif.js';
import { textReport } from '../verify/report-text.js';

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** A report in a format. `many`: it is of a whole host. */
export function render(format: Format, report: Report, many: boolean): string {
  switch (format) {
    case 'text':
      return textReport(report, many).join('\n');
    case 'json':
      return JSON.stringify(jsonReport(report), undefined, 2);
    case 'sarif':
      return JSON.stringify(sarifReport(report), undefined, 2);
    case 'junit':
      return junitReport(report);
    case 'github':
      return githubReport(report);
  }
}
