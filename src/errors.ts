/**
 * What went wrong around a record (not in it): a missing file, a git that
 * fails, a policy that does not read. Whoever catches one refuses.
 */
export class VprError extends Error {
  /** A stable code, for example `policy/unreadable`. */
  readonly code: string;
  /** What the reader can do about it, a command where there is one. */
  readonly help: readonly string[];

  constructor(code: string, message: string, options: { cause?: unknown; help?: readonly string[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VprError';
    this.code = code;
    this.help = [...new Set(options.help)];
  }
}

/** The code of whatever was thrown: the system's (`ENOENT`), a database's, or one of ours; undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
