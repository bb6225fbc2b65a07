import type { RecordKind, Uuid } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import { appendLine } from './files.js';
import { hostPaths, shardedPath } from './paths.js';

/**
 * One accepted push. It says who and when, never what: nothing of a record's
 * content. It counts once main contains `new` (DESIGN "The way of a push").
 */
export interface JournalEntry {
  /** When the host received the push: RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly kind: RecordKind;
  readonly record: Uuid;
  readonly old: ObjectId;
  readonly new: ObjectId;
  /** The version of FORMAT.md that the rules are of. */
  readonly format: number;
  /** SHA-256 in hex: of the program that judged, of `vpr.yaml`, and of the trusted certificates. */
  readonly digests: { readonly rules: string; readonly policy: string; readonly trust: string };
  readonly verdict: 'accepted';
  readonly commits: number;
  /** SHA-256 fingerprints of the certificates that signed, each once. */
  readonly signers: readonly string[];
}

/** Appends an entry to the record's journal and waits until it is on the disk. Throws where it can't. */
export function appendJournal(root: string, entry: JournalEntry): void {
  appendLine(shardedPath(hostPaths(root).journal, entry.record, '.jsonl'), JSON.stringify(entry));
}
