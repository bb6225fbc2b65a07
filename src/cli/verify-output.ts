/** The outputs of `vpr verify`, by name. */

import type { Report } from '../verify/report.js';
import { jsonReport } from '../verify/report-json.js';
import { textReport } from '../verify/report-text.js';

export const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** A report in a format. `many`: it is of a whole host. */
export function render(format: Format, report: Report, many: boolean): string {
  switch (format) {
    case 'text':
      return textReport(report, many).join('\n');
    case 'json':
      return JSON.stringify(jsonReport(report), undefined, 2);
  }
}
