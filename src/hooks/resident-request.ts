/** What `hooks/start.cjs` asks a resident validator, and what it is told. */
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
  readonly environment: Readonly<Record<string, string>>;
  /** Each byte of the hook's standard input is one character (latin1). */
  readonly input: string;
}

/** What is said where somebody else must judge. */
export const DECLINED = 'declined\n';

/** Reads a request; undefined where it isn't one. */
export function readRequest(line: string): ResidentRequest | undefined {
  try {
    const request = JSON.parse(line) as Partial<Record<keyof ResidentRequest, unknown>>;
    const texts = [request.nonce, request.program, request.policy, request.surroundings, request.directory, request.input];
    const { environment } = request;
    if (typeof environment !== 'object' || environment === null) return undefined;
    const whole = [...texts, ...Object.values(environment)].every((value) => typeof value === 'string');
    return whole ? (request as ResidentRequest) : undefined;
  } catch {
    return undefined;
  }
}

/** What is said from time to time while a push is being judged, which takes so many seconds at most. */
export function judgingLine(seconds: number): string {
  return `judging ${seconds}\n`;
}

/** The last line: a verdict on that very question. */
export function answerLine({ nonce, program, policy }: ResidentRequest, { accepted, text }: Judged): string {
  return `${JSON.stringify({ nonce, program, policy, verdict: accepted ? 'accepted' : 'refused', text })}\n`;
}
