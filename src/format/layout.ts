/** Which paths a record may hold, and what each means (FORMAT.md §1, §3, §8). */
import { parseTimestampId, type RecordKind } from './identifiers.js';
import { nearest } from './nearest.js';
import { remember } from './remember.js';

/** What a path of a record is. `communication` is the timestamp id that names the thread's directory. */
export type PathMeaning =
  | { readonly kind: 'status' }
  | { readonly kind: 'gitignore' }
  | { readonly kind: 'thread'; readonly communication: string }
  | { readonly kind: 'ledger'; readonly communication: string };

/** The file at the root that marks a record of each kind (FORMAT.md §1). */
export const STATUS_FILE: Readonly<Record<RecordKind, string>> = {
  coordination: 'COORDINATION_STATUS.yaml',
  clinical: 'ehr_status.yaml',
  demographics: 'patient.yaml',
  redaction: 'RETENTION_STATUS.yaml',
};

/** What `.gitignore` may hold: what the toolkit writes, and what VPR's own program wrote. */
export const GITIGNORE_CONTENTS: readonly string[] = ['files/\n', '\n# VPR default ignores\nfiles/\n'];

const THREADS = 'communications';
/** Every rule that looks at a path asks what it means. */
const timestampIds = remember<boolean>(1000);
const THREAD_FILES: Readonly<Record<string, 'thread' | 'ledger'>> = { 'thread.md': 'thread', 'ledger.yaml': 'ledger' };
/** FORMAT.md §3 names them; what goes into them is still to come. */
const LATER: ReadonlySet<string> = new Set(['encounters', 'appointments', 'referrals', 'tasks', 'episodes']);
/** What editors and systems leave behind. */
const LEFT_BEHIND = /~$|^#.*#$|\.(?:swp|swo|bak|orig|rej|tmp)$|^\.ds_store$|^thumbs\.db$|^desktop\.ini$/i;

/**
 * What a path means in a record of a kind; undefined where it is not allowed.
 * Of the kinds but coordination only the files at the root are known yet.
 */
export function meaningOf(kind: RecordKind, path: string): PathMeaning | undefined {
  if (path === STATUS_FILE[kind]) return { kind: 'status' };
  if (path === '.gitignore') return { kind: 'gitignore' };
  if (kind !== 'coordination') return undefined;
  const [top, communication = '', name = '', ...rest] = path.split('/');
  const file = Object.hasOwn(THREAD_FILES, name) ? THREAD_FILES[name] : undefined;
  if (top !== THREADS || file === undefined || rest.length > 0) return undefined;
  return isTimestampId(communication) ? { kind: file, communication } : undefined;
}

function isTimestampId(name: string): boolean {
  return name.length <= 64 && timestampIds(name, () => parseTimestampId(name) !== undefined);
}

/**
 * Why a path that `meaningOf` knows nothing of is not allowed, in a few words
 * that hint at what was meant. Never quotes the path.
 */
export function whyNotAllowed(kind: RecordKind, path: string): string {
  const segments = path.split('/');
  const [top = '', directory = ''] = segments;
  const name = segments.at(-1) ?? '';
  if (/[^\x20-\x7e]/.test(path)) return 'paths are ASCII, without control characters';
  if (name === '.gitignore') return '.gitignore stands at the root only';
  if (segments.some((segment) => /^\.git/i.test(segment)))
    return 'files that change how Git treats others are refused, such as .gitattributes and .gitmodules';
  if (top === 'files') return 'files/ is kept outside Git: add the line "files/" to .gitignore';
  if (LEFT_BEHIND.test(name)) return 'an editor or the system left it behind';
  const marks = Object.entries(STATUS_FILE).find(([, file]) => file === path)?.[0];
  if (marks !== undefined) return `it marks a record of another kind, ${marks}`;
  const cased = wrongCase(kind, path);
  if (cased !== undefined) return `upper and lower case count: ${cased}`;
  if (kind !== 'coordination') return `paths of ${kind} records are not known yet`;
  if (top === THREADS) return whyNotInThreads(segments, directory, name);
  if (LATER.has(top)) return `${top}/ is not part of the format yet`;
  const known = [STATUS_FILE[kind], '.gitignore', THREADS];
  const similar = nearest(top, known);
  return similar === undefined ? `at its root stand ${known[0]}, ${known[1]} and ${THREADS}/ alone` : `did you mean ${similar}?`;
}

function whyNotInThreads(segments: readonly string[], directory: string, name: string): string {
  if (segments.length === 2) return `in ${THREADS}/ stand directories alone, one for each thread`;
  if (parseTimestampId(directory) === undefined) {
    return "a thread's directory is named by a timestamp id, YYYYMMDDTHHMMSS.sssZ-<hyphenated uuid>";
  }
  const files = "a thread's directory has thread.md and ledger.yaml, and nothing else";
  if (segments.length > 3) return files;
  if (name === 'messages.md') return `${files}: messages go into thread.md`;
  const similar = nearest(name, Object.keys(THREAD_FILES));
  return similar === undefined ? files : `${files}; did you mean ${similar}?`;
}

/** What is spelt in the wrong case, where nothing else is wrong with a path. */
function wrongCase(kind: RecordKind, path: string): string | undefined {
  const lower = path.toLowerCase();
  if (lower === STATUS_FILE[kind].toLowerCase()) return `it is spelt ${STATUS_FILE[kind]}`;
  const [top, directory = '', name = '', ...rest] = lower.split('/');
  // The timestamp's letters are capitals, the UUID's are not.
  const id = directory.slice(0, 20).toUpperCase() + directory.slice(20);
  if (rest.length > 0 || meaningOf(kind, `${top}/${id}/${name}`) === undefined) return undefined;
  const given = path.split('/');
  if (given[2] !== name) return `it is spelt ${name}`;
  return given[0] === top ? "a timestamp's T and Z are capitals, a UUID is lowercase" : `it is spelt ${top}/`;
}
