/** The demo as a person reads it. */

import { commandLine } from '../../format/shell.js';
import type { Counts, SceneResult, TypedLine } from './play.js';
import type { World } from './set-up.js';

/** What git prints around a push that tells nothing of it. */
const NOISE = /^(?:To |hint: |error: failed to push|Everything up-to-date|remote:\s*$|\s*$)/;

/** A scene: what was typed, what git and the host said to it, and what came of it. A surprise keeps everything. */
export function sceneWords(result: SceneResult, number: number): string[] {
  const { title, person, lines, surprise } = result;
  const printed = lines.flatMap((typed, index) => [
    `    ${person}$ ${typed.line}`,
    ...(surprise === undefined ? trimmed(typed, index === lines.length - 1) : whole(typed)).map((line) => `      ${line}`),
  ]);
  return ['', `${String(number).padStart(2)}  ${title}`, '', ...printed, `    => ${ending(result)}`];
}

/** How many went as they should, and how many did not. */
export function summaryWords({ accepted, refused, surprises }: Counts): string {
  return `${accepted} pushed and accepted, ${refused} refused as they should be, ${surprises} ${surprises === 1 ? 'surprise' : 'surprises'}`;
}

/** What lies where. */
export function placesWords({ root, host, bare, clones }: World): string[] {
  return [
    `everything is left in ${root}:`,
    `  ${host}  the host: policy, registry, journal`,
    `  ${bare}  the record`,
    ...Object.entries(clones).map(([person, clone]) => `  ${clone}  the clone of ${person}`),
  ];
}

/** Commands to go on with, as they work when typed one after the other. */
export function nextCommands({ root, host, clones, facts }: World): string[] {
  return [
    `PATH=${commandLine(`${root}/bin`)}:"$PATH"`,
    commandLine('cd', clones.jane),
    `vpr thread show ${facts.thread ?? ''}`,
    'vpr thread create --message "Seen today." && git push',
    'vpr verify',
    'git log --show-signature -1',
    'vpr explain thread/append-only',
    commandLine('vpr', 'doctor', host),
  ];
}

/** Of a push that went as it should: what matters. Of what leads to it: only what failed. */
function trimmed(typed: TypedLine, isPush: boolean): string[] {
  return isPush || typed.status !== 0 ? whole(typed).filter((line) => !NOISE.test(line)) : [];
}

function whole({ output }: TypedLine): string[] {
  const text = output.trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => line.trimEnd());
}

function ending({ surprise, expected }: SceneResult): string {
  if (surprise !== undefined) return `SURPRISE: ${surprise}`;
  return expected === 'accepted' ? 'accepted' : `refused, as it should be, by ${expected.refused}`;
}
