import type { Fault } from './fault.js';
import { missingTrailers, readTrailer, trailerArguments } from './trailers.js';

const SUBJECT = '"<domain>:<action>: <summary>"';

interface Foreign {
  readonly line: RegExp;
  readonly message: string;
  /** `missing`: arguments that add the trailers the message lacks. */
  readonly help: (missing: string) => readonly string[];
}

/** Messages that Git writes by itself, and what makes a message of FORMAT.md §6 of them. */
const FOREIGN: readonly Foreign[] = [
  {
    line: /^\(cherry picked from commit [0-9a-f]+\)$/,
    message: 'has the line that git cherry-pick -x adds, which is no trailer',
    help: (missing) => [`git log -1 --format=%B | sed '/^(cherry picked from commit /d' | git commit --amend -S -F -${missing}`],
  },
  {
    line: /^This reverts commit [0-9a-f]+/,
    message: 'is the message that git revert writes, and says neither domain and action nor who writes',
    help: (missing) => [anew(missing)],
  },
  {
    line: /^Squashed commit of the following:$/,
    message: 'is the message that git merge --squash writes, and says neither domain and action nor who writes',
    help: (missing) => [anew(missing)],
  },
  {
    line: /^(?:fixup|squash|amend)! /,
    message: 'is the message that git commit --fixup writes, of a commit that is to go into an earlier one',
    help: (missing) => [
      'GIT_SEQUENCE_EDITOR=: git rebase -i --autosquash -S origin/main',
      `${anew(missing)}  # where the earlier one has been pushed`,
    ],
  },
  {
    line: /^# (?:Please enter the commit message|Changes to be committed:)/,
    message: 'has the comments that git writes into the editor (commit.cleanup is not strip)',
    help: (missing) => [
      'git config commit.cleanup strip',
      `git log -1 --format=%B | git stripspace --strip-comments | git commit --amend -S -F -${missing}`,
    ],
  },
  {
    line: /^Merge (?:branch|remote-tracking branch|commit|tag) '/,
    message: 'is the message that git merge writes; history is linear',
    help: () => ['git pull --rebase -S origin main'],
  },
];

function anew(missing: string): string {
  return `git commit --amend -S -m ${SUBJECT}${missing}`;
}

/** The one fault of a message that Git wrote by itself, in place of a list of all it lacks. */
export function foreignMessage(text: string): Fault | undefined {
  const lines = text.split('\n');
  for (const { line: pattern, message, help } of FOREIGN) {
    const index = lines.findIndex((line) => pattern.test(line));
    if (index < 0) continue;
    const trailers = lines.map(readTrailer).filter((trailer) => trailer !== undefined);
    return { message, line: index + 1, help: help(trailerArguments(missingTrailers(trailers))) };
  }
  return undefined;
}
