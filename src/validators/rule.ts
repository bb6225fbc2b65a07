import type { Push } from '../format/push.js';
import type { Problem } from '../problem.js';
import type { Example } from './example.js';
import type { Context, Step } from './step.js';

/** A problem as a rule yields it: the runner adds the rule's id and the commit. */
export type Finding = Omit<Problem, 'rule' | 'commit'> & {
  /** A warning, however much the rule weighs: the host's policy lets it pass. */
  readonly severity?: 'warn';
  /**
   * Another rule's problem, in the same commit (and file, where one is named),
   * that this one only follows from: where the host refuses the commit for
   * that one, this one is not said, since its help would mend nothing.
   */
  readonly echoOf?: { readonly rule: string; readonly path?: string };
};

/**
 * One thing a host refuses. Its examples are its test and its documentation:
 * one test runs every rule on its own, `vpr explain` and `docs/rules.md` print them.
 */
export interface Rule {
  /** `family/name`; never reused for anything else. */
  readonly id: string;
  /** What must hold, in one sentence. */
  readonly statement: string;
  /** Why it exists: what would go wrong for a patient or a clinician without it. */
  readonly why: string;
  /** Where FORMAT.md says so. */
  readonly section: string;
  /** The version of the format it is in force from. */
  readonly since: number;
  /**
   * Set where other rules read what this one guarantees: a host's policy can't
   * loosen it, since that would silently loosen those as well.
   */
  readonly fixed?: true;
  /** Protects history itself: logs and `vpr doctor` say so whenever it is not `error`. */
  readonly protects?: true;
  /** What must be known to judge it; without it the rule is listed as not checked. */
  readonly needs?: readonly Need[];
  readonly refuses: Example;
  readonly accepts: Example;
  /** Looks at the push as a whole, before any commit. */
  readonly onPush?: (push: Push, context: Context) => Iterable<Finding>;
  /** Looks at one commit against its parent. */
  readonly onCommit?: (step: Step) => Iterable<Finding>;
}

/**
 * `record`: the host's registry says which record this is. `trust`: the host's
 * trusted certificates are at hand. `signer`: the commit's signature verified
 * and its certificate counts; where it does not, `commit/signature` or
 * `commit/signer` has said so already and this rule stays silent.
 */
export type Need = 'record' | 'trust' | 'signer';
