import type { ObjectId } from '../format/push.js';
import type { JudgedProblem } from '../problem.js';
import type { Certificate, Signer } from '../trust/types.js';

/** What the rules say of a push. */
export interface Verdict {
  /** True where no problem of severity `error` was found. */
  readonly accepted: boolean;
  /** In the order of commits and places; at most ten of one rule. */
  readonly problems: readonly JudgedProblem[];
  /** How many more problems each rule found than are listed. */
  readonly suppressed: Readonly<Record<string, number>>;
  readonly commits: { readonly judged: number; readonly pushed: number };
  /** What main was to point to; absent where the push leaves main alone. */
  readonly tip?: ObjectId;
  /** Rules that could not be judged for want of the host's registry or trust. */
  readonly notChecked: readonly string[];
  /** Who signed each commit whose signature counts; empty where the caller was told of each commit. */
  readonly signers: readonly { readonly commit: string; readonly signer: Signer; readonly path: readonly Certificate[] }[];
}

/** A verdict as machines read it: rule, severity, commit, path and line, never what a record says. */
export interface VerdictReport {
  readonly accepted: boolean;
  readonly format: number;
  readonly commits: Verdict['commits'];
  readonly problems: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly commit?: string;
    readonly path?: string;
    readonly line?: number;
  }[];
  readonly suppressed: Verdict['suppressed'];
  readonly notChecked: readonly string[];
}

/** The version of FORMAT.md these rules are of. */
export const FORMAT_VERSION = 1;

/** The machine-readable form of a verdict. */
export function reportData(verdict: Verdict): VerdictReport {
  return {
    accepted: verdict.accepted,
    format: FORMAT_VERSION,
    commits: verdict.commits,
    problems: verdict.problems.map(({ rule, severity, commit, path, line }) => ({
      rule,
      severity,
      ...(commit === undefined ? {} : { commit }),
      ...(path === undefined ? {} : { path }),
      ...(line === undefined ? {} : { line }),
    })),
    suppressed: verdict.suppressed,
    notChecked: verdict.notChecked,
  };
}
