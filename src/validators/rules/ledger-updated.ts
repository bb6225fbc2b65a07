import { differs, valueOf } from '../../format/documents.js';
import { instantOf, parseInstant } from '../../format/instant.js';
import type { ThreadStep } from '../../format/thread-steps.js';
import type { Finding, Rule } from '../rule.js';

export const ledgerUpdated: Rule = {
  id: 'ledger/updated',
  statement: 'A commit that appends messages or changes the ledger moves last_updated_at forward, not beyond receipt',
  why: 'It is what tells every reader that there is something new; one that stands still hides a message.',
  section: '§3 ledger.yaml',
  since: 1,
  refuses: {
    title: 'a message that leaves last_updated_at as it was',
    push: (record) => record.append({ files: { [`${record.thread}/ledger.yaml`]: () => record.formerLedger } }),
  },
  accepts: { title: 'a message that moves it', push: (record) => record.append() },
  *onCommit({ threads, times, context }) {
    const latest = instantOf(times.latest) + BigInt(context.policy.skewMs) * 1_000_000n;
    for (const step of threads) {
      if (!differs(step.ledger) && !differs(step.thread)) continue;
      for (const finding of judge(step, latest)) yield { path: step.ledgerPath, ...finding };
    }
  },
};

function* judge({ ledger, isNew }: ThreadStep, latest: bigint): Generator<Finding> {
  const after = valueOf(ledger.after);
  if (after === undefined) return;
  const updated = parseInstant(after.last_updated_at);
  const created = parseInstant(after.created_at);
  const former = parseInstant(valueOf(ledger.before)?.last_updated_at ?? '');
  if (updated === undefined || created === undefined) return; // ledger/schema
  if (former !== undefined && updated <= former) {
    yield {
      message: `last_updated_at is ${after.last_updated_at}, not after what it was, ${valueOf(ledger.before)?.last_updated_at}`,
      help: ['write the later of now and the former value plus a millisecond; vpr thread add and vpr ledger set do'],
    };
  }
  if (isNew && updated < created)
    yield { message: 'last_updated_at is before created_at', help: [`write: last_updated_at: ${after.created_at}`] };
  if (updated > latest)
    yield { message: `last_updated_at ${after.last_updated_at} is in the future`, help: ['set your clock right and commit again'] };
  if (isNew && created > latest)
    yield { message: `created_at ${after.created_at} is in the future`, help: ['set your clock right and commit again'] };
}
