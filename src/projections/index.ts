/**
 * `vpr/projections`: records as rows of a database, and questions to it. What
 * is answered is derived from Git and can lag behind it: Git is the record.
 */

import { problems as problemsNow } from './queries/problems.js';
import { search as searchNow } from './queries/search.js';
import { sharedIds as sharedIdsNow } from './queries/shared-ids.js';
import { asOfOneMoment } from './queries/snapshot.js';
import { status as statusNow } from './queries/status.js';
import { thread as threadNow } from './queries/thread.js';
import { threads as threadsNow } from './queries/threads.js';
import { timeline as timelineNow } from './queries/timeline.js';

export { type BuildOptions, buildProjection } from './build.js';
export type { Connection, Database, DatabaseOptions, Transaction } from './database.js';
export { digestOf } from './digest.js';
export { type ProjectedMany, projectRecords } from './many.js';
export type { Dialect } from './migrations/types.js';
export { openDatabase } from './open.js';
export { type Projected, type ProjectRequest, projectRecord } from './project.js';
export type { Answer, Asking, Standing } from './queries/answer.js';
export type { AsAnswered } from './queries/as-answered.js';
export type { ProblemsQuery } from './queries/problems.js';
export type { FoundMessage, SearchAnswer, SearchQuery } from './queries/search.js';
export { type IdsUsedTwice, idsUsedTwice, type SharedId } from './queries/shared-ids.js';
export type { Snippet } from './queries/snippet.js';
export type { StatusAnswer } from './queries/status.js';
export type { ShownMessage, ThreadAnswer, ThreadQuery } from './queries/thread.js';
export type { ListedThread, ThreadsQuery } from './queries/threads.js';
export type { TimelineEntry, TimelineMessage, TimelineQuery } from './queries/timeline.js';
export { holdRecord, type WhyHeld } from './state.js';
export { PROJECTION_VERSION } from './store.js';
export type * from './tables.js';
export { type ProjectionCheck, type RowDifference, verifyProjection } from './verify.js';

// What may be asked: each question is answered as of one moment. Errors are those of the function that is called, and of the database: `projections/database`, `projections/tables`.

/** Messages with some words. */
export const search = asOfOneMoment(searchNow);
/** What happened to a record, commit by commit. */
export const timeline = asOfOneMoment(timelineNow);
/** Threads by last activity. */
export const threads = asOfOneMoment(threadsNow);
/** One thread, with what corrects its messages in their place. */
export const thread = asOfOneMoment(threadNow);
/** Message and thread ids that are used twice. */
export const sharedIds = asOfOneMoment(sharedIdsNow);
/** What was found in commits that are withheld. */
export const problems = asOfOneMoment(problemsNow);
/** Which records are held. */
export const status = asOfOneMoment(statusNow);
