/** The log of a program that goes on: a file of its own, since commands that only answer would load what writes it as well. */
import { destination, pino } from 'pino';
import type { Log } from './log.js';

const STDERR = 2;

/** Lines on standard error, written through: nothing is lost when the process ends. */
export function stderrLog(): Log {
  const logger = pino(
    { base: undefined, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    destination({ dest: STDERR, sync: true }),
  );
  const at = (level: 'info' | 'warn' | 'error') => (event: string, what?: object) => logger[level]({ event, ...what });
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
