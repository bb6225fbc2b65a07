/** Something that stops a host from protecting its records, as data. */
export interface Finding {
  /** Stable, for machines: `hook-missing`. */
  readonly code: string;
  /** A `note` is worth knowing and may be as it should; a `fault` is not. */
  readonly level: 'fault' | 'note';
  /** Path of the repository; absent where it is about the host as a whole. */
  readonly repo?: string;
  /** One sentence without a full stop. */
  readonly what: string;
  /** Commands to run, or sentences where there is none. */
  readonly help: readonly string[];
}

/** Findings of a host, at most `SHOWN` of one code. */
export interface Findings {
  readonly findings: readonly Finding[];
  /** How many more of each code there are. */
  readonly more: Readonly<Record<string, number>>;
  /** Repositories that were looked at. */
  readonly repositories: number;
}

/** On a host of thousands of repositories one fault is often in all of them. */
export const SHOWN = 20;

export function fault(code: string, what: string, help: readonly string[], repo?: string): Finding {
  return { code, level: 'fault', what, help, ...(repo === undefined ? {} : { repo }) };
}

export function note(code: string, what: string, help: readonly string[], repo?: string): Finding {
  return { code, level: 'note', what, help, ...(repo === undefined ? {} : { repo }) };
}
