import type { KnownRules } from '../format/policy.js';
import type { Rule } from './rule.js';
import { commitAuthor } from './rules/commit-author.js';
import { commitEmpty } from './rules/commit-empty.js';
import { commitHeaders } from './rules/commit-headers.js';
import { commitMessage } from './rules/commit-message.js';
import { commitSignature } from './rules/commit-signature.js';
import { commitSigner } from './rules/commit-signer.js';
import { commitTime } from './rules/commit-time.js';
import { historyLinear } from './rules/history-linear.js';
import { ledgerIdentity } from './rules/ledger-identity.js';
import { ledgerSchema } from './rules/ledger-schema.js';
import { ledgerTransition } from './rules/ledger-transition.js';
import { ledgerUpdated } from './rules/ledger-updated.js';
import { recordIdentity } from './rules/record-identity.js';
import { recordNoRemoval } from './rules/record-no-removal.js';
import { recordRegistered } from './rules/record-registered.js';
import { refFastForward } from './rules/ref-fast-forward.js';
import { refNoDelete } from './rules/ref-no-delete.js';
import { refOnlyMain } from './rules/ref-only-main.js';
import { signerMay } from './rules/signer-may.js';
import { statusPermits } from './rules/status-permits.js';
import { statusSchema } from './rules/status-schema.js';
import { statusTransition } from './rules/status-transition.js';
import { threadAppendOnly } from './rules/thread-append-only.js';
import { threadAuthor } from './rules/thread-author.js';
import { threadCorrects } from './rules/thread-corrects.js';
import { threadFormat } from './rules/thread-format.js';
import { threadIds } from './rules/thread-ids.js';
import { threadOpen } from './rules/thread-open.js';
import { threadParticipants } from './rules/thread-participants.js';
import { threadTime } from './rules/thread-time.js';
import { treeLayout } from './rules/tree-layout.js';
import { treeLimits } from './rules/tree-limits.js';
import { treeModes } from './rules/tree-modes.js';
import { treeText } from './rules/tree-text.js';

/** Every rule, in the order they are judged and listed. The file of a rule is its id with a dash. */
export const RULES: readonly Rule[] = [
  refOnlyMain,
  refNoDelete,
  refFastForward,
  historyLinear,
  recordRegistered,
  recordIdentity,
  commitHeaders,
  commitMessage,
  commitEmpty,
  commitTime,
  commitAuthor,
  commitSignature,
  commitSigner,
  signerMay,
  treeLayout,
  treeModes,
  treeText,
  treeLimits,
  recordNoRemoval,
  threadAppendOnly,
  threadFormat,
  threadIds,
  threadCorrects,
  threadTime,
  threadAuthor,
  threadOpen,
  threadParticipants,
  ledgerSchema,
  ledgerIdentity,
  ledgerTransition,
  ledgerUpdated,
  statusSchema,
  statusTransition,
  statusPermits,
];

/** All rules, as what a policy may name. */
export const KNOWN_RULES: KnownRules = new Map(RULES.map(({ id, fixed }) => [id, { fixed: fixed === true }]));

/** The rule with an id. */
export function ruleOf(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
