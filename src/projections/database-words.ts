/** What a database's own codes mean to somebody who has to mend it. */

/** What is wrong, in words without a full stop, and what to do about it. */
interface Meaning {
  readonly what: string;
  readonly help: readonly string[];
}

const SETTING = 'database, in projections.yaml, says where it is';
const AGAIN = 'try again in a moment';
/** All of it can be made again. A log that stays behind would be taken for that of the new file. */
const ANEW = 'stop the watchers, move it away, with its -wal and -shm, and make it anew: vpr projection build DIR';

/** Codes of SQLite, and of the system, by how they begin. */
const OF_A_FILE: readonly (readonly [start: RegExp, what: string, ...help: string[]])[] = [
  [/^SQLITE_(?:NOTADB|CORRUPT)/, 'it is no database, or is damaged', ANEW],
  [/^(?:SQLITE_FULL|ENOSPC|EDQUOT)/, 'the disk is full', 'make room, then run it again'],
  [
    /^(?:SQLITE_(?:CANTOPEN|READONLY|PERM)|EACCES|EPERM|EROFS)/,
    'this account may not open or write it, or its directory, or the disk can only be read',
    'run it as the account that owns the host',
  ],
  [/^(?:ENOENT|ENOTDIR)/, 'its directory is not there'],
  [/^(?:SQLITE_IOERR|EIO|EISDIR)/, 'it cannot be read or written, or is no file', ANEW],
  [/^SQLITE_(?:BUSY|LOCKED)/, 'somebody else is writing into it', AGAIN],
];

/** Those of PostgreSQL (appendix A of its manual), of pg, and of the system. */
const OF_A_SERVER: typeof OF_A_FILE = [
  [
    /^(?:E[A-Z]+REFUSED|ENOENT|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timeout|.* timeout$)/,
    'no server answers there',
    'is PostgreSQL running?',
    SETTING,
  ],
  [
    /^(?:28|SASL)/,
    'the server does not let this account in, or not with this password, or wants one',
    "a password belongs into the file ~/.pgpass, of mode 600, of the account that runs vpr; the account's name, into the URL",
    SETTING,
  ],
  [/^3D000/, 'the server has no database of that name', 'createdb --owner=ACCOUNT NAME', SETTING],
  [/^42501/, 'this account of the database may not do that', 'the owner of the database can grant it, and what belongs to others'],
  [/^25006/, 'it can only be read, as one that follows another server', SETTING],
  [/^53100/, "the server's disk is full", 'make room there, then run it again'],
  [/^53/, 'the server has no more connections, or no more memory', AGAIN],
  [/^(?:57P|08|ECONNRESET|EPIPE|Connection terminated)/, 'the server is being started or ended, or has broken off', AGAIN],
  [/^(?:58|XX)/, 'the server cannot read or write its own files', "the server's log says more"],
];

/** What a code says that is nothing but a code to most people; undefined where there is no more to be said. */
export function meaningOf(code: string, name: string): Meaning | undefined {
  const known = name.includes('://') ? OF_A_SERVER : OF_A_FILE;
  const [, what, ...help] = known.find(([start]) => start.test(code)) ?? [];
  return what === undefined ? undefined : { what, help };
}
