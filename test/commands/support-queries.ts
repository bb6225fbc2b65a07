/** A host whose projection is asked by commands. */
import { existsSync, readFileSync } from 'node:fs';
import { hostPaths } from '../../src/hosts/paths.js';
import type { Teardown } from '../e2e/support.js';
import type { People } from '../support/people.js';
import type { Scenario } from '../support/scenario.js';
import { MESSAGE_ID } from '../support/texts.js';
import { pushedRecord } from '../verify/support.js';
import { vpr, vprJson } from './support.js';

export const RESTRICTED = '20260101T000000.000Z-aaaaaaaa-2222-4333-8444-555555555555';
export const ARCHIVED = '20260101T000000.000Z-bbbbbbbb-2222-4333-8444-555555555555';
export const CORRECTION = 'aaaaaaaa-2222-4333-8444-555555555555';
export const REASON = 'Called about a bleed\nat 02:10';

export type Item = Readonly<Record<string, unknown>>;

/** A thread with corrections and recorded words, one that is restricted, one that is archived and closed to other organisations. */
function fill(record: Scenario): void {
  record.append({ by: 'tom', body: 'Blood pressure is high.\n\tTake it again.' });
  record.append({ by: 'jane', role: 'correction', corrects: MESSAGE_ID, id: CORRECTION, body: 'Please review the chest CT.' });
  record.append({ by: 'jane', role: 'correction', corrects: CORRECTION, body: 'Please review the head CT.' });
  record.append({ by: 'ada', author: 'pat', body: 'There is pressure in my head.', trailers: { 'On-Behalf-Of': record.ids.pat } });
  record.open({
    by: 'rob',
    directory: `communications/${RESTRICTED}`,
    ledger: (yaml) => yaml.replace('restricted: false', 'restricted: true'),
    body: 'A secret pressure.',
  });
  record.open({ by: 'rob', directory: `communications/${ARCHIVED}`, body: 'An old pressure.' });
  const archived = record.touched((yaml) =>
    yaml.replace('status: open', 'status: archived').replace('allow_external_organisations: true', 'allow_external_organisations: false'),
  );
  record.commit({ by: 'rob', files: { [`communications/${ARCHIVED}/ledger.yaml`]: archived } });
}

/** A record that was pushed, `vpr` asked of its host, and what was written down of that. */
export async function askedHost(t: Teardown, people: People) {
  const pushed = await pushedRecord(t, people, fill);
  const { directory } = pushed.host;
  const paths = hostPaths(directory);
  const json = (...args: readonly string[]) => vprJson(directory, [...args, '--host', directory]);
  return {
    ...{ pushed, directory, paths, json },
    thread: pushed.record.thread.slice('communications/'.length),
    watched: () => vpr(directory, ['watch', directory, '--once']),
    text: (...args: readonly string[]) => vpr(directory, [...args, '--host', directory]),
    items: (...args: readonly string[]) => json(...args).value['items'] as readonly Item[],
    /** The error's code; undefined where it was answered. */
    failed: (...args: readonly string[]) => (json(...args).value['error'] as { code?: string } | undefined)?.code,
    accesses: (): readonly Item[] => {
      const text = existsSync(paths.access) ? readFileSync(paths.access, 'utf8').trimEnd() : '';
      return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Item);
    },
  };
}
