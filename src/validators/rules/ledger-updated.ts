import { differs, valueOf } from '../../format/documents.js';
import { formatInstant, instantOf, parseInstant } from '../../format/instant.js';
import type { ThreadStep } from '../../format/thread-steps.js';
import { drop, mended } from '../mend.js';
import type { Finding, Rule } from '../rule.js';
import type { Step } from '../step.js';

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
  *onCommit(step) {
    for (const thread of step.threads) {
      if (!differs(thread.ledger) && !differs(thread.thread)) continue;
      for (const finding of judge(thread, step)) yield { path: thread.ledgerPath, ...finding };
    }
  },
};

/** A millisecond, as instants count. */
const MS = 1_000_000n;

function* judge({ ledger, isNew, ledgerPath, threadPath }: ThreadStep, { pushed, times, context }: Step): Generator<Finding> {
  const after = valueOf(ledger.after);
  if (after === undefined) return;
  const updated = parseInstant(after.last_updated_at);
  const created = parseInstant(after.created_at);
  const former = parseInstant(valueOf(ledger.before)?.last_updated_at ?? '');
  if (updated === undefined || created === undefined) return; // ledger/schema
  const now = instantOf(times.latest);
  const latest = now + BigInt(context.policy.skewMs) * MS;
  /** What writers write: the later of now and what follows on the value before. */
  const write = () => {
    const right = formatInstant(former !== undefined && former >= now ? former + MS : now);
    return [`write: last_updated_at: ${right}`, mended(ledgerPath)];
  };
  // A clock that is wrong dates the message as well: what is written again has other times.
  const echoOf = { rule: 'thread/time', path: threadPath };
  if (former !== undefined && updated <= former) {
    yield {
      message: `last_updated_at is ${after.last_updated_at}, not after what it was, ${valueOf(ledger.before)?.last_updated_at}`,
      help: write(),
    };
  }
  if (isNew && updated < created)
    yield { message: 'last_updated_at is before created_at', help: [`write: last_updated_at: ${after.created_at}`, mended(ledgerPath)] };
  if (updated > latest)
    yield { message: `last_updated_at ${after.last_updated_at} is in the future`, echoOf, help: ['set your clock right', ...write()] };
  if (isNew && created > latest) {
    yield {
      message: `created_at ${after.created_at} is in the future`,
      echoOf,
      help: [drop(pushed), 'then set your clock right, and open the thread again: vpr thread create'],
    };
  }
}
