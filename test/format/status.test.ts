import fc from 'fast-check';
import t from 'tap';
import { type CoordinationStatus, readStatus, renderStatus } from '../../src/format/status.js';
import { bytes, faultsOf, STATUS_EXAMPLE, text, valueOf } from './format-page.js';

const of = (from: string, to: string) => faultsOf(readStatus(bytes(STATUS_EXAMPLE.replace(from, to))));

t.test("the format page's example is read, and written again byte by byte", async (t) => {
  const status = valueOf(readStatus(bytes(STATUS_EXAMPLE)));
  t.same(status, {
    coordination_id: '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88',
    clinical_id: 'a4f91c6d-3b2e-4c5f-9d7a-1e8b6c0a9f12',
    status: { lifecycle_state: 'active', record_open: true, record_queryable: true, record_modifiable: true },
  });
  t.equal(text(renderStatus(status)), STATUS_EXAMPLE);
});

t.test('what is not its schema', async (t) => {
  t.same(of('active  ', 'open  '), ['status.lifecycle_state: "open" is not one of active, suspended, closed']);
  t.same(of('record_open: true', 'record_open: yes'), ['status.record_open: "yes" is not true or false']);
  t.same(of('record_open: true', 'record_opened: true'), [
    'status.record_open is missing',
    'status.record_opened is not a known key; did you mean record_open?',
  ]);
  t.same(of('clinical_id: "a', 'clinical_id: "A'), [
    'clinical_id: "A4f91c6d-3b2e-4c5f-9d7a-1e8b6c0a9f12" is not a UUID of 32 lowercase hex digits, with or without hyphens',
  ]);
  t.same(of('status:\n', 'status: active\nstats:\n'), [
    'status: "active" is not a mapping of keys to values',
    'stats is not a known key; did you mean status?',
  ]);
});

t.test('what is written reads as it was', async () => {
  const id = fc.oneof(
    fc.uuid(),
    fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
  );
  const statuses = fc.record({
    coordination_id: id,
    clinical_id: id,
    status: fc.record({
      lifecycle_state: fc.constantFrom('active' as const, 'suspended' as const, 'closed' as const),
      record_open: fc.boolean(),
      record_queryable: fc.boolean(),
      record_modifiable: fc.boolean(),
    }),
  });
  fc.assert(
    fc.property(statuses, (status: CoordinationStatus) => {
      const reading = readStatus(renderStatus(status));
      return reading.ok && JSON.stringify(reading.value) === JSON.stringify(status);
    }),
  );
});
