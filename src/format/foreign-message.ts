import type { Fault } from './fault.js';
import { missingTrailers, readTrailer, trailerArguments } from './trailers.js';

const SUBJECT = '"<domain>:<action>: <summary>"';

interface Foreign {
  readonly line: RegExp;
  readonly message: string;
  /** `missing`: arguments that add the trailers the message lacks. */
  readonly help: (missing: string) => string;
}

/** Messages that Git writes by itself, and what makes a message of FORMAT.md §6 of them. */
const FOREIGN: readonly Foreign[] = [
  {
    line: /^\(cherry picked from commit [0-9a-f]+\)$/,
    message: 'has the line that git cherry-pick -x adds, which is no trailer',
    help: (missing) => `git log -1 --format=%B | sed '/^(cherry picked from commit /d' | git commit --amend -S -F -${missing}`,
  },
  {
    line: /^This reverts commit [0-9a-f]+/,
    message: 'is the message that git revert writes, and says neither domain and action nor who writes',
    help: (missing) => `git commit --amend -S -m ${SUBJECT}${missing}`,
  },
  {
    line: /^Merge (?:branch|remote-tracking branch|commit|tag) '/,
    message: 'is the message that git merge writes; history is linear',
    help: () => 'git pull --rebase -S origin main',
  },
];

/** The one fault of a message that Git wrote by itself, in place of a list of all it lacks. */
export function foreignMessage(text: string): Fault | undefined {
  const lines = text.split('\n');
  for (const { line: pattern, message, help } of FOREIGN) {
    const index = lines.findIndex((line) => pattern.test(line));
    if (index < 0) continue;
    const trailers = lines.map(readTrailer).filter((trailer) => trailer !== undefined);
    return { message, line: index + 1, help: [help(trailerArguments(missingTrailers(trailers)))] };
  }
  return undefined;
}
