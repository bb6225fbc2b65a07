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
export type * from './tables.js';
