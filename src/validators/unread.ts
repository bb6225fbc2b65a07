import type { Document } from '../format/documents.js';
import { textFaults } from '../format/text.js';
import { mended } from './mend.js';
import type { Finding } from './rule.js';

/** What keeps a YAML file from being read, for the rule on its form. */
export function* unread(path: string, { bytes, reading }: Document<unknown>): Generator<Finding> {
  if (reading.ok) return;
  // Its reader goes no further where the text itself is not what a file may hold.
  const isText = textFaults(bytes, { finalNewline: 'optional' }).length > 0;
  for (const fault of reading.faults) {
    yield { ...fault, path, ...(isText ? { echoOf: { rule: 'tree/text', path } } : {}), help: [...(fault.help ?? []), mended(path)] };
  }
}
