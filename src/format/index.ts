/**
 * `vpr/format`: the record format as a library. Pure: bytes and text in,
 * values and faults out; no file, process or network is touched.
 */
export * from './commit-message.js';
export * from './commit-object.js';
export * from './fault.js';
export * from './identifiers.js';
export * from './instant.js';
export * from './layout.js';
export * from './ledger.js';
export * from './policy.js';
export * from './push.js';
export * from './schema.js';
export * from './status.js';
export * from './text.js';
export * from './thread.js';
export * from './thread-append.js';
export * from './tree-object.js';
export * from './yaml.js';
export * from './yaml-edit.js';
