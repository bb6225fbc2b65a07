import fc from 'fast-check';
import t from 'tap';
import { type Ledger, readLedger, renderLedger } from '../../src/format/ledger.js';
import { bytes, faultsOf, LEDGER_EXAMPLE, text, VPR_LEDGER, valueOf } from './format-page.js';

const of = (from: string, to: string, source = LEDGER_EXAMPLE) => readLedger(bytes(source.replace(from, to)));

t.test("the format page's example", async (t) => {
  const ledger = valueOf(readLedger(bytes(LEDGER_EXAMPLE)));
  t.same(ledger, {
    communication_id: '20260111T143522.045Z-550e8400-e29b-41d4-a716-446655440000',
    status: 'open',
    created_at: '2026-01-11T14:35:22.045Z',
    last_updated_at: '2026-01-11T15:10:04.912Z',
    participants: [
      {
        participant_id: '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12',
        role: 'clinician',
        display_name: 'Dr Jane Smith',
        organisation: 'Example NHS Trust',
      },
    ],
    visibility: { sensitivity: 'standard', restricted: false },
    policies: { allow_patient_participation: true, allow_external_organisations: true },
  });
  t.equal(text(renderLedger(ledger)), LEDGER_EXAMPLE.replace(/ +# optional/, ''));
});

t.test("what VPR's own program wrote", async (t) => {
  const ledger = valueOf(readLedger(bytes(VPR_LEDGER)));
  t.equal(ledger.last_updated_at, '2026-11-23T04:36:28.633157544Z', 'kept as written');
  t.same(
    ledger.participants.map(({ display_name }) => display_name),
    ['Dr Jane Smith', 'Ada Jones'],
  );
});

t.test('scalars are typed by the schema', async (t) => {
  const [participant] = valueOf(of('4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12', '12e45600123412341234123412341234')).participants;
  t.equal(participant?.participant_id, '12e45600123412341234123412341234', 'a text, however much it looks like a number');
  t.equal(valueOf(of('Dr Jane Smith', 'true')).participants[0]?.display_name, 'true');
  t.equal(valueOf(of('Dr Jane Smith', 'null')).participants[0]?.display_name, 'null');
  t.equal(valueOf(of('Dr Jane Smith', '1.0')).participants[0]?.display_name, '1.0');
});

const ROLES = 'clinician, patient, system, careteam, careadministrator, patientassociate';
const REFUSED: readonly [from: string, to: string, message: string, line: number][] = [
  ['role: clinician', 'role: doctor', `participants[0].role: "doctor" is not one of ${ROLES}`, 7],
  ['role: clinician', 'role:', `participants[0].role: nothing is not one of ${ROLES}`, 7],
  ['role: clinician', `role: ${'x'.repeat(60)}`, `participants[0].role: "${'x'.repeat(40)}…" is not one of ${ROLES}`, 7],
  [
    'restricted: false',
    'restricted: "false"',
    'visibility.restricted: "false" is text in quotes, not true or false: leave the quotes out',
    12,
  ],
  ['restricted: false', 'restricted: no', 'visibility.restricted: "no" is not true or false', 12],
  ['restricted: false', 'restricted: FALSE', 'visibility.restricted: "FALSE" is not true or false', 12],
  ['status: open', 'status: opened', 'status: "opened" is not one of open, closed, archived', 2],
  ['    role: clinician\n', '', 'participants[0].role is missing', 6],
  ['organisation:', 'organization:', 'participants[0].organization is not a known key; did you mean organisation?', 9],
  [
    'organisation:',
    'phone:',
    'participants[0].phone is not a known key; known here are participant_id, role, display_name, organisation',
    9,
  ],
  [
    'organisation:',
    '__proto__:',
    'participants[0].__proto__ is not a known key; known here are participant_id, role, display_name, organisation',
    9,
  ],
  [
    'organisation:',
    'constructor:',
    'participants[0].constructor is not a known key; known here are participant_id, role, display_name, organisation',
    9,
  ],
  ['Dr Jane Smith', '', 'participants[0].display_name: nothing is not one line of text, not empty, without blanks at its ends', 8],
  ['Dr Jane Smith', '""', 'participants[0].display_name: the text is empty', 8],
  ['Dr Jane Smith', '" Dr Jane"', 'participants[0].display_name: the text begins or ends with a blank', 8],
  ['Dr Jane Smith', '"Dr\\nJane"', 'participants[0].display_name: the text is more than one line', 8],
  ['Dr Jane Smith', '"Dr\\u202eJane"', 'participants[0].display_name: the text holds U+202E (bidirectional control)', 8],
  ['Dr Jane Smith', '[Dr]', 'participants[0].display_name: a list is not one line of text, not empty, without blanks at its ends', 8],
  ['Example NHS Trust', '"a\\u0007"', 'participants[0].organisation: the text holds U+0007 (control character)', 9],
  [
    '4f8c2a1d-9e3b',
    '4F8C2A1D-9e3b',
    'participants[0].participant_id: "4F8C2A1D-9e3b-4a7c-8f1e-6b0d2c5a9f12" is not a UUID of 32 lowercase hex digits, with or without hyphens',
    6,
  ],
  [
    'created_at: 2026-01-11',
    'created_at: 2026-02-30',
    'created_at: "2026-02-30T14:35:22.045Z" is not an RFC 3339 time such as 2026-01-11T14:35:22.045Z',
    3,
  ],
  [
    '20260111T143522',
    '20261311T143522',
    'communication_id: "20261311T143522.045Z-550e8400-e29b-41d4-…" is not a timestamp id, YYYYMMDDTHHMMSS.sssZ-<hyphenated uuid>',
    1,
  ],
  ['visibility:\n', 'audit:\n  by: x\nvisibility:\n', 'audit is superseded by the Git history: leave it out', 10],
  ['status: open ', 'thread_id: x\nstatus: open ', 'thread_id is superseded by communication_id and the Git history: leave it out', 2],
];

t.test('an error names the place, what was found and what was expected', async (t) => {
  for (const [from, to, message, line] of REFUSED) {
    const reading = of(from, to);
    t.same(reading, { ok: false, faults: [{ message, line }] }, to);
  }
});

t.test('all of a file at once, in order', async (t) => {
  t.same(faultsOf(readLedger(bytes('participants: []\nstatus: on\n'))), [
    'communication_id is missing',
    'created_at is missing',
    'last_updated_at is missing',
    'visibility is missing',
    'policies is missing',
    'participants: has fewer entries than 1',
    'status: "on" is not one of open, closed, archived',
  ]);
  t.same(faultsOf(readLedger(bytes('- a\n'))), ['the file: a list is not a mapping of keys to values']);
  t.same(faultsOf(readLedger(bytes('a\n'))), ['the file: "a" is not a mapping of keys to values']);
});

t.test('participant ids are unique, in either spelling', async (t) => {
  const again = `  - participant_id: 4f8c2a1d9e3b4a7c8f1e6b0d2c5a9f12\n    role: patient\n    display_name: Ada Jones\n`;
  t.same(of('visibility:', `${again}visibility:`), {
    ok: false,
    faults: [{ message: 'participants[1].participant_id: is the id of participants[0] too', line: 10 }],
  });
});

t.test('names are quoted in no message', async (t) => {
  for (const name of ['"Secret "', '"Secret\\nName"', '{ Secret: x }', '[Secret]', '"\\u202eSecret"']) {
    t.notMatch(faultsOf(of('Dr Jane Smith', name)).join(' '), /Secret/, name);
  }
});

t.test('a flood of faults is cut short', async (t) => {
  const many = Array.from({ length: 2000 }, () => '  - role: x\n').join('');
  const reading = of('visibility:', `${many}visibility:`);
  t.equal(faultsOf(reading).length, 20);
});

const hex = fc.uuid();
const uuid = fc.oneof(
  hex,
  hex.map((id) => id.replaceAll('-', '')),
);
const time = fc.date({ min: new Date('1971-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }).map((date) => date.toISOString());
const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((value) => `a${value.replaceAll(/[\p{Cc}\p{Cs}]/gu, '')}b`);
const ledgers: fc.Arbitrary<Ledger> = fc.record({
  communication_id: fc.tuple(time, hex).map(([at, id]) => `${at.replaceAll(/[-:]/g, '')}-${id}`),
  status: fc.constantFrom('open', 'closed', 'archived'),
  created_at: time,
  last_updated_at: time,
  participants: fc.uniqueArray(
    fc
      .record({
        participant_id: uuid,
        role: fc.constantFrom('clinician', 'patient', 'system', 'careteam', 'careadministrator', 'patientassociate'),
        display_name: fc.oneof(line, fc.constantFrom('true', 'a: b', '- x', '# x', "'", '"', '12e45600', 'null', '~', 'x #y')),
        organisation: fc.option(line, { nil: undefined }),
      })
      .map(({ organisation, ...rest }) => (organisation === undefined ? rest : { ...rest, organisation })),
    { minLength: 1, maxLength: 4, selector: ({ participant_id }) => participant_id.replaceAll('-', '') },
  ),
  visibility: fc.record({ sensitivity: fc.constantFrom('standard', 'confidential', 'restricted'), restricted: fc.boolean() }),
  policies: fc.record({ allow_patient_participation: fc.boolean(), allow_external_organisations: fc.boolean() }),
}) as fc.Arbitrary<Ledger>;

t.test('what is written reads as it was', async (t) => {
  fc.assert(
    fc.property(ledgers, (ledger) => {
      const reading = readLedger(renderLedger(ledger));
      return reading.ok && JSON.stringify(sorted(reading.value)) === JSON.stringify(sorted(ledger));
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('never throws', async () => {
  const values = fc.constantFrom('x', '[]', '{}', '""', 'true', '1', '~', '- a', '{ a: [b] }', '\n  a: b', '\n  - a');
  const keys = fc.constantFrom(
    'communication_id',
    'status',
    'created_at',
    'participants',
    'visibility',
    'policies',
    'audit',
    'toString',
    '__proto__',
  );
  const file = fc
    .uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key })
    .map((lines) => lines.map(([key, value]) => `${key}: ${value}\n`).join(''));
  fc.assert(
    fc.property(file, (source) => !readLedger(bytes(source)).ok),
    { numRuns: 1000 },
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
