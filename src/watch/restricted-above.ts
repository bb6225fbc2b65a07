/** What main restricts above what is shown of it. */
import { rememberDocuments, valueOf } from '../format/documents.js';
import { STATUS_FILE } from '../format/layout.js';
import { lacksObjects, type ObjectId } from '../format/push.js';
import { threadSteps } from '../format/thread-steps.js';
import { readHistory } from '../git/push.js';
import type { HistoryToJudge, Judged } from './judged.js';
import type { Limited } from './objects.js';

/** What must not be shown of a record that was judged: nothing, where all of it may be. */
export async function restrictedIn(question: HistoryToJudge, { to, problems }: Judged): Promise<readonly string[]> {
  return problems.length === 0 ? [] : restrictedAbove(question, to);
}

/**
 * Rows of a record that is withheld are of a former main. A thread that main has restricted since, or whose ledger
 * doesn't read any more, must not be shown for that: its id, and an empty one where the whole record is not to be
 * queried any more, or objects are lost that would say so. What nobody has judged can only take away here. Throws where the record can't be read.
 *
 * @param shown the newest commit that is shown; absent: none of this main
 */
export async function restrictedAbove(
  { record, objects, main, host }: Pick<HistoryToJudge, 'record' | 'objects' | 'main'> & { readonly host: Limited },
  shown: ObjectId | undefined,
): Promise<readonly string[]> {
  if (record.kind !== 'coordination') return [];
  const limits = { ...host.policy.limits, commitsPerPush: Number.MAX_SAFE_INTEGER };
  let history = await readHistory(objects, shown === undefined ? { new: main } : { old: shown, new: main }, limits);
  if (history.end.kind === 'unrelated') history = await readHistory(objects, { new: main }, limits);
  const documents = rememberDocuments();
  const hidden = new Set<string>();
  const note = (name: string, isHidden: boolean) => (isHidden ? hidden.add(name) : hidden.delete(name));
  let unknown = history.end.kind !== 'old' && history.end.kind !== 'root';
  for await (const pushed of history.commits()) {
    unknown ||= lacksObjects(pushed);
    note('', valueOf(documents.status(pushed, STATUS_FILE.coordination).after)?.status.record_queryable !== true);
    for (const { id, ledger } of threadSteps(pushed, documents)) {
      const visibility = valueOf(ledger.after)?.visibility;
      note(id, visibility === undefined || visibility.restricted || visibility.sensitivity === 'restricted');
    }
  }
  if (unknown) hidden.add('');
  return [...hidden];
}
