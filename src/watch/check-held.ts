/** The rows that say something of a record only while it is held: whether they are those that main makes, and why it is held. */
import type { ObjectId } from '../format/push.js';
import type { Connection } from '../projections/database.js';
import type { ProjectionRow } from '../projections/tables.js';
import { MOST_DIFFERENCES, type RowDifference } from '../projections/verify.js';
import type { HistoryToJudge, Judged } from './judged.js';
import { restrictedAbove } from './restricted-above.js';
import { lastTried } from './state.js';

/**
 * What is wrong with them. They decide what is shown without a reason, and no digest is of them: they follow from what main
 * has above the commit that was reached, and not from that commit.
 *
 * @param state what is known of the record; undefined: nothing, so that it is not held
 * @param judged all of main, from its root on, with what was reached among it
 */
export async function heldDifferences(
  database: Connection,
  question: HistoryToJudge,
  judged: Judged,
  state: ProjectionRow | undefined,
): Promise<RowDifference[]> {
  return [
    ...(await hiddenDifferences(database, question, judged, state)),
    ...(await problemsDifferences(database, question.record.id, state)),
  ];
}

/**
 * Main may have gone on since the record was last tried, and no row says what it was then. So rows that are not those of main
 * now are right as well where they are those of main without what the journal says was received since. What came
 * past the hook has no such time: until the record is tried again, such a restriction is said to be missing, as it is.
 */
async function hiddenDifferences(
  { kysely }: Connection,
  question: HistoryToJudge,
  judged: Judged,
  state: ProjectionRow | undefined,
): Promise<RowDifference[]> {
  const rows = await kysely.selectFrom('hidden').select('thread').where('record', '=', question.record.id).orderBy('thread').execute();
  const stored = rows.map(({ thread }) => thread);
  if (state === undefined || state.state === 'current') {
    // Whoever stored them may have ended before it wrote down why the record is held.
    const begun = state !== undefined && state.reached !== question.main && stored.length > 0;
    return compared(stored, begun ? await restrictedAbove(question, state.reached ?? undefined) : []);
  }
  const shown = state.reached ?? undefined;
  const differences = compared(stored, await restrictedAbove(question, shown));
  if (differences.length === 0) return differences;
  const main = mainThen(judged, shown, lastTried(state));
  if (main === question.main) return differences;
  const then = main === undefined ? [] : await restrictedAbove({ ...question, main }, shown);
  return compared(stored, then).length === 0 ? [] : differences;
}

/** What main was at some time, as far as the journal tells; undefined: nothing yet. */
function mainThen({ history, received }: Judged, shown: ObjectId | undefined, time: number): ObjectId | undefined {
  const above = shown === undefined ? history.ids : history.ids.slice(history.ids.indexOf(shown) + 1);
  return above.findLast((id) => (received.get(id) ?? time) <= time) ?? shown;
}

function compared(stored: readonly string[], expected: readonly string[]): RowDifference[] {
  const missing = new Set(expected);
  const unexplained = stored.filter((thread) => !missing.delete(thread));
  return [
    ...[...missing].map((thread) => ({ table: 'hidden', key: [thread], kind: 'missing' as const })),
    ...unexplained.map((thread) => ({ table: 'hidden', key: [thread], kind: 'unexplained' as const })),
  ];
}

/**
 * Whether there are any, and no more: which problems there are, and their words, are of the policy, the trust and the clock by
 * which the record was judged when it was last tried. Judged now it may have others, or pass, and its rows would be right nevertheless.
 * A record that is set aside has none: nothing was found in its commits, they could not be read.
 */
async function problemsDifferences({ kysely }: Connection, record: string, state: ProjectionRow | undefined): Promise<RowDifference[]> {
  const rows = await kysely
    .selectFrom('problems')
    .select('number')
    .where('record', '=', record)
    .orderBy('number')
    .limit(MOST_DIFFERENCES)
    .execute();
  if (state?.state !== 'withheld') return rows.map(({ number }) => ({ table: 'problems', key: [number], kind: 'unexplained' }));
  return rows.length > 0 ? [] : [{ table: 'problems', key: [0], kind: 'missing' }];
}
