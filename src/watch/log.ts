/** What the watcher says, one line of JSON each: ids, counts and codes, never what a record says. */
import { VprError } from '../errors.js';
import { printable } from '../format/text.js';

export interface Log {
  info(event: string, what?: Readonly<Record<string, string | number>>): void;
  warn(event: string, what?: Readonly<Record<string, string | number>>): void;
  error(event: string, what?: Readonly<Record<string, string | number>>): void;
}

const LONGEST = 500;

/** An error as a line says it. Of others the system's are told as they are, and the rest by code and name alone: their words may quote anything. */
export function errorFields(error: unknown): { readonly code: string; readonly why: string } {
  if (error instanceof VprError) return { code: error.code, why: printable(error.message, LONGEST) };
  if (!(error instanceof Error)) return { code: 'internal', why: 'unknown' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal';
  return { code, why: 'syscall' in error ? printable(error.message, LONGEST) : `${error.name} ${code}` };
}
