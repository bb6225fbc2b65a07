/** What else a history is held to, and what of it is not looked at. */
import type { RecordKind } from '../format/identifiers.js';
import type { ObjectId } from '../format/push.js';
import type { Baseline } from '../records/trust-bundle.js';
import type { Measure, Subject } from './measure.js';
import type { Gap, Only } from './types.js';

export function promises(expect: ObjectId | undefined, baseline: Baseline | undefined, met: ReadonlySet<ObjectId>) {
  return {
    ...(expect === undefined ? {} : { expect: { commit: expect, met: met.has(expect) } }),
    ...(baseline === undefined ? {} : { baseline: { ...baseline, met: met.has(baseline.commit) } }),
  };
}

export function unmet(expect: ObjectId | undefined, baseline: Baseline | undefined, met: ReadonlySet<ObjectId>): Gap[] {
  const gaps: Gap[] = [];
  if (expect !== undefined && !met.has(expect))
    gaps.push({ code: 'expected', message: `the history does not contain ${expect}, which --expect asks for` });
  if (baseline !== undefined && !met.has(baseline.commit)) {
    gaps.push({
      code: 'set-back',
      message: `the history does not contain ${baseline.commit}, which the host had accepted on ${baseline.received} by the trust bundle: it was set back, or is another one`,
    });
  }
  return gaps;
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
