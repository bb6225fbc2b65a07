import { VprError } from '../errors.js';
import { rememberDocuments } from '../format/documents.js';
import { lacksObjects, type Push } from '../format/push.js';
import type { JudgedProblem, Problem, Severity } from '../problem.js';
import type { Finding, Rule } from './rule.js';
import { RULES } from './rules.js';
import { seenSoFar } from './seen.js';
import { type Context, type Step, stepOf } from './step.js';
import type { Verdict } from './verdict.js';

/** Problems of one rule that are shown; the rest is counted, so that a flood of one hides no other. */
const SHOWN_PER_RULE = 10;

/** How a walk must have ended for its commits to be judged: otherwise they aren't all there. */
const WHOLE: ReadonlySet<string> = new Set(['old', 'root', 'unrelated']);

/** One commit with all that was found in it. */
export interface JudgedCommit {
  readonly step: Step;
  /** Every one, also beyond those that a verdict lists. */
  readonly problems: readonly JudgedProblem[];
}

/** How a look at a history differs from the judging of a push. */
export interface Look {
  /** Only these rules; every rule where absent. */
  readonly rules?: readonly Rule[];
  /** Of a commit that lacks objects only these of them, by id: what a look can't read accuses nobody. Every one where absent. */
  readonly lacking?: ReadonlySet<string>;
  /**
   * Called with each commit as soon as it is judged. The verdict then lists no
   * signers: histories are long, and what is kept of them is the caller's to say.
   */
  readonly onCommit?: (judged: JudgedCommit) => void;
}

/**
 * Every rule over every commit of a push: all problems at once, in the order of
 * commits and places. Judges every commit against its parent, not only the tip.
 *
 * Throws `VprError` with the code `rule/crashed` where a rule fails, and what
 * the object source throws; the caller refuses.
 */
export async function judge(push: Push, context: Context, { rules: among = RULES, lacking, onCommit }: Look = {}): Promise<Verdict> {
  const found = collector(context);
  const missing = notKnown(context);
  const rules = among.filter((rule) => severityOf(rule, context) !== 'off');
  const judged = rules.filter((rule) => !(rule.needs ?? []).some((need) => missing.has(need)));
  const ofCommits = judged.filter((rule) => rule.onCommit !== undefined);
  const ofLacking = lacking === undefined ? ofCommits : ofCommits.filter(({ id }) => lacking.has(id));

  for (const rule of judged) {
    if (rule.onPush !== undefined)
      found.add(
        rule,
        undefined,
        run(rule, () => rule.onPush?.(push, context) ?? []),
      );
  }

  const signers: Verdict['signers'][number][] = [];
  let commits = 0;
  if (push.main !== undefined && WHOLE.has(push.main.end.kind) && context.record !== undefined) {
    const documents = rememberDocuments();
    const known = seenSoFar(context);
    for await (const pushed of push.main.commits()) {
      commits += 1;
      const step = stepOf(pushed, context, documents, known);
      const asked = lacksObjects(pushed) ? ofLacking : ofCommits;
      const findings = asked.flatMap((rule) => judgeCommit(rule, step).map((finding) => ({ rule, finding })));
      const problems = found.within(() => {
        for (const { rule, finding } of withoutEchoes(findings, context)) found.add(rule, pushed.id, [finding]);
      });
      const { signer, path = [] } = step.verification;
      if (signer !== undefined) {
        if (onCommit === undefined) signers.push({ commit: pushed.id, signer, path });
        if (!problems.some(({ severity }) => severity === 'error')) known.add(signer, path);
      }
      onCommit?.({ step, problems });
    }
  }

  const problems = found.problems();
  return {
    accepted: !problems.some(({ severity }) => severity === 'error'),
    problems,
    suppressed: found.suppressed(),
    commits: { judged: commits, pushed: push.main?.ids.length ?? 0 },
    ...(push.main === undefined ? {} : { tip: push.main.new }),
    notChecked: rules.filter((rule) => !judged.includes(rule)).map(({ id }) => id),
    signers,
  };
}

/** The severity a host gives a rule: `error` where it says nothing, or may not. */
export function severityOf(rule: Rule, { policy }: Pick<Context, 'policy'>): Severity {
  return rule.fixed === true ? 'error' : (policy.rules[rule.id] ?? 'error');
}

function judgeCommit(rule: Rule, step: Step): readonly Finding[] {
  if (rule.needs?.includes('signer') === true && step.verification.signer === undefined) {
    return saysWhyNoSigner(step) ? [] : [{ message: 'has no verified signer, without whom this cannot be judged' }];
  }
  return run(rule, () => rule.onCommit?.(step) ?? [], step.pushed.id);
}

interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
}

/**
 * All that was found in one commit but what only follows from something else
 * there. Only an error that is said itself silences anything: a commit that is
 * refused stays refused, and says why.
 */
function withoutEchoes(found: readonly Found[], context: Context): readonly Found[] {
  if (!found.some(({ finding }) => finding.echoOf !== undefined)) return found;
  const said = new Set<string>();
  for (const { rule, finding } of found) {
    const severity = finding.severity ?? severityOf(rule, context);
    if (severity === 'error' && finding.echoOf === undefined) said.add(rule.id).add(`${rule.id} ${finding.path}`);
  }
  return found.filter(({ finding: { echoOf } }) => {
    return echoOf === undefined || !said.has(echoOf.path === undefined ? echoOf.rule : `${echoOf.rule} ${echoOf.path}`);
  });
}

/**
 * Whether the signature's own rules refuse the commit. Where a host has
 * loosened those they don't, and a commit without a signer may do nothing.
 */
function saysWhyNoSigner({ verification, commit, context }: Step): boolean {
  const faults = {
    'commit/headers': commit.faults,
    'commit/signature': verification.signatureFaults,
    'commit/signer': verification.signerFaults,
  };
  return RULES.some((rule) => severityOf(rule, context) === 'error' && (faults[rule.id as keyof typeof faults] ?? []).length > 0);
}

function run(rule: Rule, check: () => Iterable<Finding>, commit?: string): readonly Finding[] {
  try {
    return [...check()];
  } catch (cause) {
    if (cause instanceof VprError) throw cause; // what it asked the host for could not be had
    throw new VprError('rule/crashed', `the rule ${rule.id} failed${commit === undefined ? '' : ` on commit ${commit}`}`, { cause });
  }
}

function notKnown(context: Context): ReadonlySet<string> {
  return new Set(context.trust === undefined ? ['trust', 'signer'] : []);
}

interface Collector {
  add(rule: Rule, commit: string | undefined, findings: readonly Finding[]): void;
  /** What is added while something is done. */
  within(something: () => void): readonly JudgedProblem[];
  problems(): Verdict['problems'];
  suppressed(): Verdict['suppressed'];
}

function collector(context: Context): Collector {
  const kept: JudgedProblem[] = [];
  const counts = new Map<string, number>();
  const suppressed: Record<string, number> = {};
  let fresh: JudgedProblem[] = [];
  return {
    add(rule, commit, findings) {
      if (findings.length === 0) return;
      const weight = severityOf(rule, context);
      if (weight === 'off') return;
      for (const { echoOf: _, ...finding } of findings) {
        const severity = finding.severity ?? weight;
        const problem: Problem = { ...finding, rule: rule.id, ...(commit === undefined ? {} : { commit }) };
        fresh.push({ ...problem, severity });
        // Warnings are counted apart: however many there are, they hide no error.
        const count = (counts.get(`${rule.id} ${severity}`) ?? 0) + 1;
        counts.set(`${rule.id} ${severity}`, count);
        if (count <= SHOWN_PER_RULE) kept.push({ ...problem, severity });
        else suppressed[rule.id] = (suppressed[rule.id] ?? 0) + 1;
      }
    },
    within(something) {
      fresh = [];
      something();
      return fresh;
    },
    problems: () => inOrder(kept),
    suppressed: () => suppressed,
  };
}

/** By commit (as pushed), then path and line; the push's own problems first. */
function inOrder(problems: Verdict['problems']): Verdict['problems'] {
  const order = new Map<string | undefined, number>([[undefined, 0]]);
  for (const { commit } of problems) if (!order.has(commit)) order.set(commit, order.size);
  const place = (commit: string | undefined) => order.get(commit) ?? 0;
  return [...problems].sort(
    (a, b) => place(a.commit) - place(b.commit) || compare(a.path ?? '', b.path ?? '') || (a.line ?? 0) - (b.line ?? 0),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
