/**
 * A fault in a record, as data: rules yield problems, they never throw them.
 *
 * Logs and machine-readable formats carry rule, commit, path and line alone;
 * the words go to the pusher's screen. Even there `message` and `help` quote
 * nothing of what a record says, only ids, modes, times and the signer's own
 * certificate: quotations are `content`.
 */
export interface Problem {
  /** The rule's id, for example `thread/append-only`. */
  readonly rule: string;
  /** One sentence that says what is wrong, without a final full stop. */
  readonly message: string;
  /** The commit the problem is in: its full object id. */
  readonly commit?: string;
  /** The path within the record, as Git spells it. */
  readonly path?: string;
  /** The line within the file, from 1. */
  readonly line?: number;
  /** Lines of the record that show the fault: for the pusher's screen only. */
  readonly content?: readonly ContentLine[];
  /** Commands (or, where there is none, sentences) that mend it, in order. */
  readonly help?: readonly string[];
}

/** A quoted line of a record: as it was (`-`), as it was pushed (`+`), or both (` `). */
export interface ContentLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** How much a rule weighs on a host: from `vpr.yaml`, `error` unless said otherwise. */
export type Severity = 'error' | 'warn' | 'off';

/** A problem with the severity the host gives its rule. */
export interface JudgedProblem extends Problem {
  readonly severity: Exclude<Severity, 'off'>;
}
