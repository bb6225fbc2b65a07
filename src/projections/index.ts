/**
 * `vpr/projections`: records as rows of a database, and questions to it. What
 * is answered is derived from Git and can lag behind it: Git is the record.
 */

export { type BuildOptions, buildProjection } from './build.js';
export type { Connection, Database, DatabaseOptions, Transaction } from './database.js';
export { digestOf } from './digest.js';
export { type ProjectedMany, projectRecords } from './many.js';
export type { Dialect } from './migrations/types.js';
export { openDatabase } from './open.js';
export { type Projected, type ProjectRequest, projectRecord } from './project.js';
export type { Answer, Asking, Standing } from './queries/answer.js';
export { type ProblemsQuery, problems } from './queries/problems.js';
export { type FoundMessage, type SearchAnswer, type SearchQuery, search } from './queries/search.js';
export { type SharedId, sharedIds } from './queries/shared-ids.js';
export type { Snippet } from './queries/snippet.js';
export { type StatusAnswer, status } from './queries/status.js';
export { type ShownMessage, type ThreadAnswer, type ThreadQuery, thread } from './queries/thread.js';
export { type ListedThread, type ThreadsQuery, threads } from './queries/threads.js';
export { type TimelineEntry, type TimelineMessage, type TimelineQuery, timeline } from './queries/timeline.js';
export { holdRecord, type WhyHeld } from './state.js';
export { PROJECTION_VERSION } from './store.js';
export type * from './tables.js';
export { type ProjectionCheck, type RowDifference, verifyProjection } from './verify.js';
