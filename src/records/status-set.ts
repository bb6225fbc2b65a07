/** Changing what a record takes: COORDINATION_STATUS.yaml. */
import { VprError } from '../errors.js';
import { type CoordinationState, editYaml, type ObjectId } from '../format/index.js';
import { commitFiles } from './commit.js';
import { openStatus, STATUS_PATH } from './threads.js';
import { messageOf, type Writer } from './writer.js';

/** What may follow what (FORMAT §3); closed is permanent. */
const NEXT: Readonly<Record<CoordinationState['lifecycle_state'], readonly string[]>> = {
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
  closed: [],
};

/** Changes the given keys in one signed commit; comments and other keys stay. Throws `status/…` where a change won't do. */
export function setStatus(
  writer: Writer,
  changes: Partial<CoordinationState>,
): { readonly commit: ObjectId; readonly status: CoordinationState } {
  const { commit: parent, status, bytes } = openStatus(writer.clone);
  const former = status.status;
  const state = changes.lifecycle_state;
  if (state !== undefined && state !== former.lifecycle_state && !NEXT[former.lifecycle_state].includes(state)) {
    throw new VprError('status/transition', `a record that is ${former.lifecycle_state} cannot become ${state}`, {
      help: former.lifecycle_state === 'closed' ? ['closed is permanent: begin a new record'] : [],
    });
  }
  const changed = Object.entries(changes).filter(([key, value]) => value !== undefined && former[key as keyof CoordinationState] !== value);
  if (changed.length === 0) throw new VprError('status/unchanged', 'the record says all of this already');
  const content = editYaml(
    bytes,
    changed.map(([key, value]) => ({ path: ['status', key], value })),
  );
  const commit = commitFiles(writer.clone, {
    parent,
    message: messageOf(writer, { action: 'update', summary: 'Changed status of record' }),
    files: [{ path: STATUS_PATH, content }],
  });
  return { commit, status: { ...former, ...Object.fromEntries(changed) } };
}
