import { closeSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../errors.js';
import { isZero, moves, type RefUpdate } from '../format/push.js';
import { readIfThere } from '../hosts/files.js';
import { type MainRef, readMain } from '../hosts/main-ref.js';
import type { JudgedProblem } from '../problem.js';

/**
 * The file in a repository that says whose turn it is: what main is as its name
 * goes on, and in it what main is about to be. So what a former turn left
 * behind is in nobody's way, and nobody has to remove it who might hit another's.
 */
const TURN = 'vpr-turn-';
/** How long one and the same push may keep the others waiting, in milliseconds: it was killed, or git refused it after us. A slow host needs more than a second to move main. */
const PATIENCE = 5000;
const LOOK_EVERY = 5;

/** What is said where main has moved on since the push began. */
const OVERTAKEN: JudgedProblem = {
  rule: 'ref/fast-forward',
  severity: 'error',
  message: 'another push came first: main has moved since this one began',
  help: ['git pull --rebase -S, then: git push'],
};

/**
 * Waits until no other accepted push is about to move main, and takes the turn:
 * of pushes that were checked at the same time one goes ahead, and each of the
 * others learns here what to do; git itself would tell it no more than that a
 * ref cannot be locked. Returns the problem where another came first.
 *
 * Git alone decides who moves main, so that nothing is lost where a turn is
 * taken twice, or where it can't be told what main is (refs kept in another
 * way than in files). But what was refused by git should not stand in the
 * journal, and a pusher may say of main what they like.
 */
export async function takeTurn(repository: string, update: RefUpdate): Promise<JudgedProblem | undefined> {
  const place = turnPlace(repository, update);
  let holder: string | undefined;
  let since = performance.now();
  for (;;) {
    if (isOvertaken(update, readMain(repository))) return OVERTAKEN;
    if (!moves(update)) return undefined;
    if (claim(place, update.new)) break;
    const found = readIfThere(place);
    if (found !== holder) [holder, since] = [found, performance.now()];
    // What was this very push and is tried again, and what has taken too long is no one's turn.
    if (found === update.new || performance.now() - since > PATIENCE) rmSync(place, { force: true });
    else await sleep(LOOK_EVERY);
  }
  if (isOvertaken(update, readMain(repository))) {
    rmSync(place, { force: true });
    return OVERTAKEN;
  }
  for (const name of readdirSync(repository)) {
    if (name.startsWith(TURN) && join(repository, name) !== place) rmSync(join(repository, name), { force: true });
  }
  return undefined;
}

/** Gives the turn back: the push that took it is refused after all. */
export function leaveTurn(repository: string, update: RefUpdate): void {
  const place = turnPlace(repository, update);
  if (readIfThere(place) === update.new) rmSync(place, { force: true });
}

function turnPlace(repository: string, { old }: RefUpdate): string {
  return join(repository, `${TURN}${old}`);
}

/** Whether main is another commit than the push begins at, or there is none and it begins at one. */
function isOvertaken({ old }: RefUpdate, main: MainRef): boolean {
  if (main.kind === 'fault') return false;
  return (main.kind === 'none') !== isZero(old) || (main.kind === 'commit' && main.id !== old);
}

function claim(place: string, id: string): boolean {
  let file: number;
  try {
    file = openSync(place, 'wx', 0o640);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(file, id);
  } catch (error) {
    rmSync(place, { force: true }); // of a full disk: nobody should wait for it
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}
