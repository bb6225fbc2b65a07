/**
 * What a reader found wrong in one document. A fault knows its place in the
 * document and nothing of commits or rules; rules turn faults into problems.
 */
export interface Fault {
  /** What is wrong, where and what was expected: `participants[0].role: … is not one of …`. */
  readonly message: string;
  /** Line within the document, from 1. */
  readonly line?: number;
  /** Commands or sentences that mend it. */
  readonly help?: readonly string[];
}

/** What a reader returns: the value, or every fault it found. Readers never throw. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** A successful reading. */
export function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

/** A failed reading, of one or more faults. */
export function unread(...faults: Fault[]): Read<never> {
  return { ok: false, faults };
}
