/** A record's objects, opened for as long as something is made of them. */
import type { ObjectSource } from '../format/push.js';
import type { ObjectReader } from '../git/cat-file.js';
import { openDirect } from '../git/direct.js';
import { gitEnvironment } from '../git/env.js';
import type { HostPolicy } from '../hooks/receive-policy.js';
import type { RegisteredRecord } from '../hosts/registry.js';

/** What is asked of a policy where nothing is judged. */
export interface Limited {
  readonly policy: Pick<HostPolicy['policy'], 'limits'>;
}

/** Opens a record's objects, and closes them. */
export async function withObjects<P extends Limited, T>(
  { policy: current }: { readonly policy: () => P },
  record: Pick<RegisteredRecord, 'path'>,
  work: (objects: ObjectSource, policy: P) => Promise<T>,
): Promise<T> {
  const policy = current();
  const objects = openRecord(record, policy);
  try {
    return await work(objects, policy);
  } finally {
    await objects.close().catch(() => {}); // how git ended has been said to whoever asked it
  }
}

/** Opens a record's objects: none larger than what is ever judged. */
export function openRecord({ path }: Pick<RegisteredRecord, 'path'>, { policy }: Limited): ObjectReader {
  const { threadBytes, yamlBytes, treeBytes, commitBytes } = policy.limits;
  return openDirect(path, gitEnvironment(), { largest: Math.max(threadBytes, yamlBytes, treeBytes, commitBytes) });
}
