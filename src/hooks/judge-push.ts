/** A push judged from what git hands to its hook: by the hook's own process, and by the resident validator. */
import { codeOf, VprError } from '../errors.js';
import type { RefUpdate } from '../format/push.js';
import { printable } from '../format/text.js';
import { openDirect } from '../git/direct.js';
import { parseRefUpdates } from '../git/updates.js';
import { reportText } from '../validators/report.js';
import { receive } from './receive.js';
import { type PushObjects, pushObjects } from './receive-objects.js';
import type { HostPolicy } from './receive-policy.js';

/** What git hands to a receive hook, and whose hook it is. */
export interface HandedPush {
  /** The host's directory. */
  readonly host: string;
  /** SHA-256 of the program that judges, in hex. */
  readonly program: string;
  /** Lines `<old> <new> <ref>`. */
  readonly input: Uint8Array;
  /** The hook's environment; of it only what says where the push lies is used. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the hook was started: paths of the environment may be relative to it. */
  readonly directory: string;
  readonly at: Date;
}

/** A push that can be judged. */
export interface ReadablePush extends PushObjects {
  readonly handed: HandedPush;
  readonly updates: readonly RefUpdate[];
  readonly policy: HostPolicy;
}

/** The answer to a push. */
export interface Judged {
  readonly accepted: boolean;
  /** For the pusher's screen: whole lines, without control characters. */
  readonly text: string;
}

/** Longest line of a pusher's screen. */
const LINE = 1000;

/** Reads what was handed over. Throws a `VprError` where it can't be what git handed to this host's hook. */
export function readHanded(handed: HandedPush, readPolicy: () => HostPolicy): ReadablePush {
  const updates = parseRefUpdates(handed.input);
  if (!updates.ok) throw new VprError('receive/input', updates.faults[0]?.message ?? '', { help: updates.faults[0]?.help ?? [] });
  const objects = pushObjects(handed.environment, handed.directory);
  return { ...objects, handed, updates: updates.value, policy: readPolicy() };
}

/** Judges a push; where it is accepted, the journal is on the disk. `confirm`: see `Received`. Throws where anything of it fails. */
export async function judgePush(push: ReadablePush, confirm?: () => Promise<void>): Promise<Judged> {
  const { repository, environment, updates, policy, handed } = push;
  const { threadBytes, yamlBytes, treeBytes, commitBytes } = policy.policy.limits;
  // Nothing larger is ever judged: it isn't brought into memory either.
  const objects = openDirect(repository, environment, { largest: Math.max(threadBytes, yamlBytes, treeBytes, commitBytes) });
  const { host, program, at } = handed;
  const verdict = await receive({ host, repository, objects, updates, policy, at, program, ...(confirm && { confirm }) });
  return { accepted: verdict.accepted, text: screenText(reportText(verdict)) };
}

/** The refusal of a push that could not be judged. */
export function refusalOf(error: unknown): Judged {
  const known = error instanceof VprError;
  const code = known ? error.code : (codeOf(error) ?? 'internal');
  const message = known ? error.message : 'an unexpected failure';
  const text = screenText([
    `refused: the host could not check this push (${code}): ${message}`,
    ...(known ? error.help : []).map((line) => `  help: ${line}`),
    '  help: nothing was changed; if pushing again does not help, tell your administrator (vpr doctor, on the host)',
  ]);
  return { accepted: false, text };
}

/** Why a check ends that has taken all of its time. */
export function tookTooLong({ policy }: HostPolicy): VprError {
  return new VprError('receive/timeout', `checking took longer than ${policy.limits.seconds} seconds`);
}

function screenText(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line, LINE)}\n`).join('');
}
