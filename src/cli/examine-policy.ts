import { VprError } from '../errors.js';
import { type HostPolicy, loadHostPolicy } from '../hooks/receive-policy.js';
import { type Finding, fault, note } from '../hosts/finding.js';
import type { HostPaths } from '../hosts/paths.js';
import { RULES } from '../validators/rules.js';
import { examineRevocation } from './examine-revocation.js';

/** How long before a trusted certificate ends `vpr doctor` says so, in milliseconds. */
const SOON = 30 * 24 * 3600 * 1000;

/** What is wrong with a host's policy and its trusted certificates, for `vpr doctor`. */
export function* examinePolicy({ policy: path }: HostPaths, now = new Date()): Generator<Finding> {
  let loaded: HostPolicy;
  try {
    loaded = loadHostPolicy(path);
  } catch (error) {
    if (!(error instanceof VprError)) throw error;
    yield fault(
      error.code.replace('/', '-'),
      `${error.message}: every push is refused`,
      error.help.length > 0 ? error.help : [`correct ${path}`],
    );
    return;
  }
  yield* looseRules(loaded, path);
  yield* certificates(loaded, path, now);
  yield* examineRevocation(loaded, path, now);
}

function* looseRules({ policy }: HostPolicy, path: string): Generator<Finding> {
  for (const rule of RULES) {
    const severity = policy.rules[rule.id] ?? 'error';
    const help = [`remove ${rule.id} from rules in ${path}; what it is for: vpr explain ${rule.id}`];
    const protects = rule.protects === true ? ', which protects history itself' : '';
    if (severity === 'off') yield fault('rule-off', `the rule ${rule.id} is off${protects}`, help);
    // What is only warned of is accepted: of what protects history that is no better than off.
    if (severity === 'warn') yield (protects === '' ? note : fault)('rule-warns', `the rule ${rule.id} only warns${protects}`, help);
  }
}

function* certificates({ trust }: HostPolicy, path: string, now: Date): Generator<Finding> {
  const anchors = [...trust.roots, ...trust.listed.filter(({ authorities }) => authorities !== undefined)];
  if (anchors.length === 0) {
    yield note('trusts-nobody', 'no certificate is trusted yet: every push is refused', [`name the roots you trust in ${path}`]);
  }
  for (const { certificate } of anchors) {
    const { notAfter, subject } = certificate;
    const help = [`get a renewed certificate, and name it in ${path}`];
    if (notAfter < now) yield fault('trust-expired', `the trusted certificate of ${subject.text} ended on ${notAfter.toISOString()}`, help);
    else if (notAfter.getTime() - now.getTime() < SOON)
      yield note('trust-expires', `the trusted certificate of ${subject.text} ends on ${notAfter.toISOString()}`, help);
  }
}
