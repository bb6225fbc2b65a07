/** Why a history is incomplete, or can't be shown: each a reason not to call it good. */
import { counted } from '../format/text.js';
import type { Journal } from '../hosts/journal-read.js';
import { mayBeRefused } from './receipts.js';
import type { Gap, HistoryReport } from './types.js';

/** What the history itself lacks. */
export function gapsOf(history: HistoryReport, trusted: boolean): Gap[] {
  const { verdict, damage, missing, counts } = history;
  const { judged, pushed } = verdict.commits;
  const gaps: Gap[] = [];
  const add = (code: string, message: string) => void gaps.push({ code, message });
  if (damage !== undefined) add('damaged', `the repository cannot be read to the end: ${damage.message}`);
  if (missing.count > 0)
    add(
      'missing',
      `${counted(missing.count, 'object is', 'objects are')} not there: ${missing.ids.join(', ')}${missing.count > missing.ids.length ? ' and more' : ''}`,
    );
  if (counts.lacking > 0) {
    const [own, of] = counts.lacking === 1 ? ['its own words and signature', 'it'] : ['their own words and signatures', 'them'];
    add('lacking', `of ${counted(counts.lacking, 'commit')} only ${own} were judged, since objects of ${of} are not there`);
  }
  if (judged !== pushed) add('unread', `only ${judged} of ${counted(pushed, 'commit')} could be judged`);
  if (!trusted)
    add(
      'no-trust',
      `who signed, and what they may do (${verdict.notChecked.join(', ')}): the host's trust bundle is not here (--trust, or vpr setup --trust)`,
    );
  if (counts.cannotBeShown > 0)
    add(
      'cannot-be-shown',
      `that ${counted(counts.cannotBeShown, 'commit is', 'commits are')} older than the revocation of the key cannot be shown: only a host's journal could (--journal)`,
    );
  return gaps;
}

/** Where the host's journal does not bear the history out. `history` is absent where there is no commit. */
export function journalGaps(journal: Journal | undefined, history: HistoryReport | undefined): Gap[] {
  if (journal === undefined) return [];
  const gaps: Gap[] = [];
  const add = (code: string, message: string) => void gaps.push({ code, message });
  if (history === undefined) {
    if (journal.receipts.length > 0 && mayBeRefused(journal.receipts, undefined)) add(...unfinished(journal.receipts.length));
    else if (journal.receipts.length > 0)
      add('set-back', `the journal has ${counted(journal.receipts.length, 'accepted push', 'accepted pushes')}, and main has no commit`);
    return gaps;
  }
  const { receipts, firstUncovered, counts, verdict } = history;
  if (firstUncovered !== undefined) {
    const count = verdict.commits.judged - counts.receivedByHost;
    add(
      'not-in-journal',
      `${counted(count, 'commit is', 'commits are')} in no entry of the journal that counts, the first is ${firstUncovered}: judged by the signer's word alone`,
    );
  }
  if (receipts === undefined) return gaps;
  if (receipts.beyond > 0)
    add(
      'set-back',
      `the journal has ${counted(receipts.beyond, 'accepted push', 'accepted pushes')} after what main is: main was set back`,
    );
  if (receipts.unfinished > 0) add(...unfinished(receipts.unfinished));
  if (receipts.lost > 0)
    add(
      'set-back',
      `the journal has ${counted(receipts.lost, 'accepted push', 'accepted pushes')} that main lacks, though a later one began there: main was set back, and written on`,
    );
  if (receipts.contradictory > 0)
    add(
      'journal-contradictory',
      `${counted(receipts.contradictory, 'entry of the journal begins', 'entries of the journal begin')} at commits that are not below those at the end`,
    );
  if (receipts.backwards > 0)
    add('journal-backwards', `by the journal, ${counted(receipts.backwards, 'commit was', 'commits were')} received before the one below`);
  return gaps;
}

/** Of pushes that git may have refused, or that main was set back by: an unknown is not good, and accuses nobody. */
function unfinished(count: number): [code: string, message: string] {
  const pushes = counted(
    count,
    'accepted push that begins at what main is, and that main lacks',
    'accepted pushes that begin at what main is, and that main lacks',
  );
  return [
    'unfinished',
    `the journal has ${pushes}: git refused ${count === 1 ? 'it' : 'them'} after the check (another hook, a lock), or main was set back; what the pusher was told says which, and pushing again settles it`,
  ];
}

/** What is not known, or was passed over, and makes nothing incomplete by itself; sentences. */
export function historyNotes(history: HistoryReport | undefined): string[] {
  const unknown = history?.counts.revocationUnknown ?? 0;
  const more = history?.moreSigners ?? 0;
  return [
    ...(unknown === 0
      ? []
      : [`whether certificates of ${counted(unknown, 'commit')} were revoked: there is no revocation list, or none that is fresh`]),
    ...(more === 0 ? [] : [`who signed the rest: ${counted(more, 'more signer', 'more signers')} than are listed`]),
  ];
}

/** What was passed over in a journal; sentences. */
export function journalNotes(journal: Journal | undefined, history: HistoryReport | undefined): string[] {
  if (journal === undefined) return [];
  const { foreign, unreadable, torn } = journal;
  const passedOver = history?.receipts?.passedOver ?? 0;
  return [
    ...(foreign === 0
      ? []
      : [`${counted(foreign, 'line of the journal is', 'lines of the journal are')} about other records, and passed over`]),
    ...(unreadable === 0
      ? []
      : [`${counted(unreadable, 'line of the journal is no entry', 'lines of the journal are no entries')}, and passed over`]),
    ...(torn ? ['the last line of the journal has no end, and was passed over'] : []),
    ...(passedOver === 0
      ? []
      : [
          `${counted(passedOver, 'entry of the journal names a commit', 'entries of the journal name commits')} that main does not have: pushes that git refused after all, or a last one that was lost with a set-back`,
        ]),
  ];
}
