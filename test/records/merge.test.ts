import fc from 'fast-check';
import t from 'tap';
import {
  appendMessages,
  editYaml,
  type Ledger,
  type NewMessage,
  newTimestampId,
  newUuid,
  parseInstant,
  readLedger,
  readThread,
  renderLedger,
  renderThread,
} from '../../src/format/index.js';
import { alignTimes, mergeLedgers } from '../../src/records/merge-ledger.js';
import { mergeThreads } from '../../src/records/merge-thread.js';

const message = (body: string): NewMessage => ({
  id: newUuid(),
  role: 'clinician',
  authorId: newUuid(),
  authorName: 'Dr Jane Smith',
  timestamp: '2026-01-11T14:36:15.234Z',
  body,
});

const bodies = fc.array(
  fc
    .array(fc.constantFrom('a', '\n', '---', '## Message', ' ', '\\', '```', '**Message ID:** ', '# Thread'), { maxLength: 8 })
    .map((parts) => `${parts.join('')}x`),
  { minLength: 1, maxLength: 3 },
);

function append(old: Uint8Array, messages: readonly NewMessage[]): Uint8Array {
  const thread = readThread(old);
  if (!thread.ok) throw new Error('the thread does not read');
  return appendMessages(old, thread.value, messages);
}

function idsOf(bytes: Uint8Array | undefined): string[] {
  const thread = readThread(bytes ?? new Uint8Array());
  return thread.ok ? thread.value.messages.map(({ id }) => id) : [];
}

t.test('messages of both sides follow each other, whatever they say, in either layout', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(1 as const, 2 as const), bodies, bodies, bodies, (layout, former, here, there) => {
      const [first, second, third] = [former, here, there].map((texts) => texts.map(message));
      const base = renderThread(layout, first ?? []);
      const [ours, theirs] = [append(base, second ?? []), append(base, third ?? [])];
      const merged = mergeThreads(base, ours, theirs);
      if (merged === undefined) return false;
      const ids = [...(first ?? []), ...(second ?? []), ...(third ?? [])].map(({ id }) => id);
      return Buffer.from(merged).subarray(0, ours.length).equals(Buffer.from(ours)) && ids.join() === idsOf(merged).join();
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('a second commit of one side is rebased onto the first, which is no longer where it was', (t) => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(message);
  const make = (...messages: (NewMessage | undefined)[]) =>
    renderThread(
      1,
      messages.filter((one) => one !== undefined),
    );
  t.strictSame(
    idsOf(mergeThreads(make(a, c), make(a, b, c), make(a, c, d))),
    [a, b, c, d].map((one) => one?.id),
  );
  t.equal(mergeThreads(make(a, c), make(a, b), make(a, c, d)), undefined, 'the first was dropped');
  t.equal(mergeThreads(make(a, c), make(c, b, a), make(a, c, d)), undefined, 'or turned round');
  t.end();
});

t.test('anything but whole new messages is left to a person', (t) => {
  const base = renderThread(1, [message('one')]);
  const ours = append(base, [message('two')]);
  const theirs = append(base, [message('three')]);
  const changed = Buffer.from(Buffer.from(theirs).toString().replace('one', 'uno'));
  t.equal(mergeThreads(base, ours, changed), undefined, 'an earlier message was changed');
  t.equal(mergeThreads(base, changed, theirs), undefined, 'by the other side');
  t.equal(mergeThreads(base, ours, Buffer.concat([theirs, Buffer.from('more\n---\nx')])), undefined, 'no whole message');
  t.equal(mergeThreads(base, theirs, theirs), undefined, 'one message on both sides');
  t.equal(mergeThreads(new Uint8Array(), ours, theirs), undefined, 'no common thread');
  t.end();
});

const time = (text: string) => `2026-01-11T14:${text}Z`;

function ledger(changes: Partial<Ledger> = {}): Ledger {
  return {
    communication_id: ID,
    status: 'open',
    created_at: time('00:00.000'),
    last_updated_at: time('00:00.000'),
    participants: [person(0), person(1), person(2)],
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
    ...changes,
  };
}

const ID = newTimestampId(new Date('2026-01-11T14:00:00Z'));
const UUIDS = Array.from({ length: 8 }, newUuid);

function person(index: number, name = `Person ${index}`): Ledger['participants'][number] {
  return { participant_id: UUIDS[index] ?? '', role: 'clinician', display_name: name };
}

const base = Buffer.from(renderLedger(ledger()));
const edit = (bytes: Uint8Array, ...edits: Parameters<typeof editYaml>[1]) => editYaml(bytes, edits);
const at = (text: string) => ({ path: ['last_updated_at'], value: time(text) });

function merged(ours: Uint8Array, theirs: Uint8Array): Ledger | undefined {
  const bytes = mergeLedgers(base, ours, theirs, 0n);
  const read = bytes === undefined ? undefined : readLedger(bytes);
  return read?.ok === true ? read.value : undefined;
}

t.test('ledgers: the time moves past both, other values are merged one by one', (t) => {
  t.equal(
    merged(edit(base, at('05:00.000')), edit(base, at('01:00.000')))?.last_updated_at,
    time('05:00.001'),
    'one millisecond past ours',
  );
  t.equal(merged(edit(base, at('05:00.000')), edit(base, at('09:00.000')))?.last_updated_at, time('09:00.000'), 'theirs where it is later');
  t.equal(merged(edit(base, at('05:00.000')), edit(base, at('05:00.000')))?.last_updated_at, time('05:00.001'));
  t.equal(
    merged(edit(base, at('05:00.000')), edit(base, at('04:00.042')))?.last_updated_at,
    time('05:00.043'),
    'two that rebase on one commit write two times: git would take the same one as it stands, and not move it',
  );

  const ours = edit(
    base,
    at('05:00.000'),
    { path: ['participants', 3], value: person(3) },
    { path: ['visibility', 'sensitivity'], value: 'restricted' },
  );
  const theirs = edit(
    base,
    at('06:00.000'),
    { path: ['participants', 3], value: person(4) },
    { path: ['participants', 1], value: undefined },
    { path: ['policies', 'allow_patient_participation'], value: false },
  );
  const both = merged(ours, theirs);
  t.strictSame(
    both?.participants.map(({ display_name }) => display_name),
    ['Person 0', 'Person 2', 'Person 3', 'Person 4'],
  );
  t.match(both, { visibility: { sensitivity: 'restricted' }, policies: { allow_patient_participation: false }, status: 'open' });
  t.end();
});

t.test('ledgers: one value changed two ways is left to a person', (t) => {
  const status = (value: string) => edit(base, at('05:00.000'), { path: ['status'], value });
  t.equal(merged(status('closed'), status('archived')), undefined);
  t.equal(merged(status('closed'), status('closed'))?.status, 'closed', 'the same on both sides is no conflict');
  const named = (name: string) => edit(base, at('05:00.000'), { path: ['participants', 1, 'display_name'], value: name });
  t.equal(merged(named('A'), named('B')), undefined);
  t.equal(
    merged(named('A'), edit(base, at('05:00.000'), { path: ['participants', 1], value: undefined })),
    undefined,
    'changed here, removed there',
  );
  t.equal(merged(Buffer.from('status: open\n'), status('closed')), undefined, 'a side that does not read');
  t.end();
});

t.test('ledgers: a comment is no value, and is not lost: left to a textual merge of versions of one time', (t) => {
  const commented = Buffer.from(
    Buffer.from(edit(base, at('06:00.000')))
      .toString()
      .replace('participants:', '# asked by ward 7\nparticipants:'),
  );
  const ours = edit(base, at('05:00.000'), { path: ['visibility', 'restricted'], value: true });
  t.equal(merged(ours, commented), undefined);
  const aligned = alignTimes(base, ours, commented, 0n) ?? [];
  t.strictSame(
    aligned.map((bytes) => /last_updated_at: (.*)/.exec(Buffer.from(bytes).toString())?.[1]),
    Array(3).fill(time('06:00.000')),
  );
  t.match(Buffer.from(aligned[2] ?? []).toString(), /# asked by ward 7/);
  t.equal(alignTimes(base, Buffer.from('x: y\n'), commented), undefined);
  t.end();
});

t.test('ledgers: whatever two sides change, the result reads, is later than ours, and has what both added', (t) => {
  const side = fc.record({
    second: fc.integer({ min: 1, max: 59 }),
    add: fc.subarray([3, 4, 5, 6]),
    remove: fc.subarray([0, 1]),
    restricted: fc.boolean(),
  });
  const make = ({ second, add, remove, restricted }: { second: number; add: number[]; remove: number[]; restricted: boolean }) =>
    renderLedger(
      ledger({
        last_updated_at: time(`01:${String(second).padStart(2, '0')}.000`),
        participants: [0, 1, 2, ...add].filter((index) => !remove.includes(index)).map((index) => person(index)),
        visibility: { sensitivity: 'standard', restricted },
      }),
    );
  fc.assert(
    fc.property(side, side, (here, there) => {
      const result = merged(make(here), make(there));
      if (result === undefined) return false;
      const present = new Set(result.participants.map(({ participant_id }) => participant_id));
      return (
        (parseInstant(result.last_updated_at) ?? 0n) > (parseInstant(time(`01:${String(here.second).padStart(2, '0')}.000`)) ?? 0n) &&
        [...here.add, ...there.add].every((index) => present.has(UUIDS[index] ?? '')) &&
        [...here.remove, ...there.remove].every((index) => !present.has(UUIDS[index] ?? '')) &&
        present.size === result.participants.length &&
        result.visibility.restricted === (here.restricted || there.restricted)
      );
    }),
    { numRuns: 150 },
  );
  t.end();
});
