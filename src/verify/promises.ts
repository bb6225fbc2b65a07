/** What else a history is held to, and what of it is not looked at. */
import { VprError } from '../errors.js';
import type { RecordKind } from '../format/identifiers.js';
import type { ObjectId, ObjectSource } from '../format/push.js';
import type { Baseline } from '../records/trust-bundle.js';
import { contains } from './contains.js';
import type { Measure, Subject } from './measure.js';
import type { Gap, Only } from './types.js';

export function promises(expect: ObjectId | undefined, baseline: Baseline | undefined, met: ReadonlySet<ObjectId>) {
  return {
    ...(expect === undefined ? {} : { expect: { commit: expect, met: met.has(expect) } }),
    ...(baseline === undefined ? {} : { baseline: { ...baseline, met: met.has(baseline.commit) } }),
  };
}

/** @param unread why what is below can't be told: the history could not be read down to its root */
export function unmet(
  expect: ObjectId | undefined,
  baseline: Baseline | undefined,
  { met, unread = false }: { readonly met: ReadonlySet<ObjectId>; readonly unread?: boolean },
): Gap[] {
  const gaps: Gap[] = [];
  const add = (code: string, what: string, otherwise = '') =>
    void gaps.push({
      code,
      message: unread
        ? `whether the history contains ${what}, cannot be told: it cannot be read down to its root`
        : `the history does not contain ${what}${otherwise}`,
    });
  if (expect !== undefined && !met.has(expect)) add('expected', `${expect}, which --expect asks for`);
  if (baseline !== undefined && !met.has(baseline.commit))
    add(
      unread ? 'unread-baseline' : 'set-back',
      `${baseline.commit}, which the host had accepted on ${baseline.received} by the trust bundle`,
      ': it was set back, or is another one',
    );
  return gaps;
}

/** What is met besides: how far the host had come may lie in main, above where a range ends. Main was not set back then. */
export async function heldAbove(
  objects: ObjectSource,
  { main, to }: { readonly main: ObjectId | undefined; readonly to: ObjectId },
  baseline: Baseline | undefined,
  met: ReadonlySet<ObjectId>,
): Promise<{ readonly held: ReadonlySet<ObjectId>; readonly above: readonly string[] }> {
  if (main === undefined || main === to || baseline === undefined || met.has(baseline.commit)) return { held: met, above: [] };
  try {
    const isAbove = (await contains(objects, main, baseline.commit)) && (await contains(objects, baseline.commit, to));
    if (!isAbove) return { held: met, above: [] };
  } catch (error) {
    if (error instanceof VprError && error.code.startsWith('git/')) return { held: met, above: [] };
    throw error;
  }
  return { held: new Set([...met, baseline.commit]), above: [`commits above ${to}, which main has: a range was asked for`] };
}

export function notesOf(
  { registered, surroundings, from }: Subject,
  { journal, only: asked }: Measure,
  { only, kind }: { only: Only; kind: RecordKind },
): string[] {
  const { count, names } = surroundings.otherRefs;
  return [
    ...(journal === undefined
      ? ["when commits were received: judged by their committer's date, which is only the signer's word (--journal)"]
      : []),
    ...(registered === undefined
      ? [
          'whether this is the record that the host registered (record/registered, record/identity): it is taken for what it says it is (--record)',
        ]
      : []),
    ...(only === 'signatures' && asked === 'signatures' ? ['every rule about what is in the trees: only signatures were asked for'] : []),
    ...(only === 'signatures' && asked === 'everything' ? [`what is in the trees: there are no rules yet for ${kind} records`] : []),
    ...(from === undefined ? [] : [`commits below ${from}: a range was asked for`]),
    ...(count === 0 ? [] : [`refs other than main: ${names.join(', ')}${count > names.length ? ` and ${count - names.length} more` : ''}`]),
  ];
}
