/** Judging a push in this process, from objects in memory, as a host that knows nobody yet does. */
import type { GitObject, ObjectId, ObjectSource, RefUpdate } from '../../src/format/push.js';
import { readPush } from '../../src/git/push.js';
import { judge } from '../../src/validators/judge.js';
import type { People } from './people.js';
import { RECORD_ID } from './texts.js';

/** Whether a host that trusts these people takes the push now. */
export async function isAccepted(
  { policy, trust }: People,
  update: RefUpdate,
  find: (id: ObjectId) => GitObject | undefined,
): Promise<boolean> {
  const source: ObjectSource = {
    read: async (id) => find(id),
    stat: async (id) => {
      const object = find(id);
      return object && { type: object.type, size: object.bytes.length };
    },
  };
  const now = new Date();
  const verdict = await judge(await readPush(source, [update], policy.limits), {
    record: { kind: 'coordination', id: RECORD_ID },
    policy,
    trust,
    times: () => ({ received: now, latest: now, known: 'host' }) as const,
    knownRegistrations: () => undefined,
  });
  return verdict.accepted;
}
