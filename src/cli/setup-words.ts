/** What `vpr setup` says it did. */
import type { SetupDone } from '../records/setup.js';

/** What was set otherwise, every file, then what may be in the way; a line an element. */
export function setupWords({ directory, settings, changed, files, warnings }: SetupDone): string[] {
  return [
    `set up ${directory}`,
    ...changed.flatMap(([key, ...values]) => values.map((value) => `  set    ${key} = ${value}`)),
    ...(changed.length < settings.length ? [`  kept   ${settings.length - changed.length} settings as they were`] : []),
    ...files.map((file) => `  wrote  ${file}`),
    ...(warnings.length > 0 ? [''] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}
