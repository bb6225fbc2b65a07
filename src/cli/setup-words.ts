/** What `vpr setup` says it did. */
import type { SetupDone } from '../records/setup.js';

/** Every setting and file, then what may be in the way; a line an element. */
export function setupWords({ directory, settings, files, warnings }: SetupDone): string[] {
  return [
    `set up ${directory}`,
    ...settings.flatMap(([key, ...values]) => values.map((value) => `  set    ${key} = ${value}`)),
    ...files.map((file) => `  wrote  ${file}`),
    ...(warnings.length > 0 ? [''] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}
