/** Plays a scene: types its steps, pushes, and sees whether what came of it is what should have. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Person, Scene } from './scene.js';
import type { World } from './set-up.js';
import type { Shell, Typed } from './shell.js';

/** A line that was typed, and what it printed. */
export interface TypedLine extends Typed {
  readonly line: string;
}

/** What came of a scene. */
export interface SceneResult {
  readonly title: string;
  readonly person: Person;
  readonly lines: readonly TypedLine[];
  readonly expected: Scene['expect'];
  readonly outcome: 'accepted' | 'refused';
  /** The rules that the host named on the pusher's screen. */
  readonly rules: readonly string[];
  /** Why this is not what should have come of it; absent where it is. */
  readonly surprise?: string;
  readonly milliseconds: number;
}

/** How many scenes ended as they should, and how many did not. */
export interface Counts {
  readonly accepted: number;
  readonly refused: number;
  readonly surprises: number;
}

export function countScenes(results: readonly SceneResult[]): Counts {
  const good = results.filter(({ surprise }) => surprise === undefined);
  const accepted = good.filter(({ expected }) => expected === 'accepted').length;
  return { accepted, refused: good.length - accepted, surprises: results.length - good.length };
}

/** Types the steps up to the first that ends as it should not, then looks at the host; after a refusal the clone is put back. */
export function playScene(scene: Scene, world: World, shell: Shell): SceneResult {
  const started = performance.now();
  const clone = world.clones[scene.person];
  const config = join(clone, '.git', 'config');
  const kept = join(world.root, 'home', 'config');
  copyFileSync(config, kept);
  const before = refsOf(world, shell);
  const { lines, stopped } = type(scene, world, shell);
  const after = refsOf(world, shell);
  const push = lines.at(-1);
  const rules = rulesIn(push?.output ?? '');
  const surprise = stopped ?? surpriseIn(scene.expect, { status: push?.status ?? 128, rules, moved: before !== after });
  if (scene.expect !== 'accepted') {
    copyFileSync(kept, config);
    shell(clone, 'git switch --quiet main; git reset --quiet --hard origin/main && git clean -fdxq');
  }
  return {
    title: scene.title,
    person: scene.person,
    lines,
    expected: scene.expect,
    outcome: before === after ? 'refused' : 'accepted',
    rules,
    ...(surprise === undefined ? {} : { surprise }),
    milliseconds: Math.round(performance.now() - started),
  };
}

/** The world with what its record has by now: the thread. */
export function withThread(world: World, shell: Shell): World {
  const { status, output } = shell(world.bare, 'git ls-tree --name-only main:communications');
  const [, thread] = /^\d{8}T\d{6}\.\d{3}Z-([0-9a-f]{8})/.exec(output) ?? [];
  return status === 0 && thread !== undefined ? { ...world, facts: { ...world.facts, thread } } : world;
}

/** The rules that a refusal names, each once. */
export function rulesIn(output: string): readonly string[] {
  return [...new Set([...output.matchAll(/^remote: error ([a-z-]+\/[a-z-]+)/gm)].map(([, rule]) => rule ?? ''))];
}

interface Outcome {
  readonly status: number;
  readonly rules: readonly string[];
  /** Whether any ref of the host changed. */
  readonly moved: boolean;
}

function surpriseIn(expect: Scene['expect'], { status, rules, moved }: Outcome): string | undefined {
  if (expect === 'accepted') {
    if (status !== 0) return 'the push was refused';
    return moved ? undefined : 'the push was accepted, but main has not moved';
  }
  if (moved) return 'the push should have been refused, and a ref of the host moved';
  if (status === 0) return 'the push should have been refused, and git says it was accepted';
  return rules.includes(expect.refused) ? undefined : `the push was refused, but not by ${expect.refused}`;
}

/** Every ref of the host's repository with what it points to, as one text. */
function refsOf({ bare }: World, shell: Shell): string {
  return shell(bare, 'git for-each-ref').output;
}

/** Up to the first step but the last that ends as it should not, and which that was. */
function type(
  { person, do: steps }: Scene,
  world: World,
  shell: Shell,
): { readonly lines: readonly TypedLine[]; readonly stopped?: string } {
  const { facts } = withThread(world, shell);
  const lines: TypedLine[] = [];
  for (const [index, step] of steps.entries()) {
    const line = fill(typeof step === 'string' ? step : step.fails, facts);
    const typed = { line, ...shell(world.clones[person], line) };
    lines.push(typed);
    const asPlanned = (typed.status === 0) === (typeof step === 'string');
    if (!asPlanned && index < steps.length - 1) return { lines, stopped: `the line before the push, ${line}, ended with ${typed.status}` };
  }
  return { lines };
}

function fill(line: string, facts: World['facts']): string {
  return Object.entries(facts).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), line);
}
