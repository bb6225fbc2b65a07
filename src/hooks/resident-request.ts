/** What a hook (`hooks/ask.pl`, `hooks/start.cjs`) asks a resident validator, and what it is told. */
import type { Judged } from './judge-push.js';

/** One push to judge. */
export interface ResidentRequest {
  /** Repeated in the answer. */
  readonly nonce: string;
  /** Which program, which `vpr.yaml` and which surroundings the hook sees: see `hooks/start.cjs`. */
  readonly program: string;
  readonly policy: string;
  readonly surroundings: string;
  readonly directory: string;
  /** Of the hook's environment what says where the push lies. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The hook's standard input. */
  readonly input: Uint8Array;
}

/** What is said where somebody else must judge. */
export const DECLINED = 'declined\n';

const FIELDS = 10;

/** Reads a request: fields in this order with a space between, each `x` and its bytes in hex, or `-`. Undefined where it isn't one. */
export function readRequest(line: string): ResidentRequest | undefined {
  const fields = line.split(' ');
  if (fields.length !== FIELDS || !fields.every((field) => /^(?:-|x(?:[0-9a-f]{2})*)$/.test(field))) return undefined;
  const [nonce, program, policy, surroundings, directory, gitDir, objects, alternates, quarantine] = fields.map(textOf);
  const input = bytesOf(fields.at(-1) ?? '-');
  if (nonce === undefined || program === undefined || policy === undefined) return undefined;
  if (surroundings === undefined || directory === undefined || input === undefined) return undefined;
  const environment = {
    GIT_DIR: gitDir,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates,
    GIT_QUARANTINE_PATH: quarantine,
  };
  return { nonce, program, policy, surroundings, directory, environment, input };
}

/** What is said from time to time while a push is being judged, which takes so many seconds at most. */
export function judgingLine(seconds: number): string {
  return `judging ${seconds}\n`;
}

/** The last line: a verdict on that very question. */
export function answerLine({ nonce, program, policy }: ResidentRequest, { accepted, text }: Judged): string {
  const verdict = accepted ? 'accepted' : 'refused';
  return `${verdict} ${nonce} ${program} ${policy} x${Buffer.from(text).toString('hex')}\n`;
}

function bytesOf(field: string): Uint8Array | undefined {
  return field === '-' ? undefined : Buffer.from(field.slice(1), 'hex');
}

function textOf(field: string): string | undefined {
  const bytes = bytesOf(field);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}
