import fc from 'fast-check';
import t from 'tap';
import { formatUuidPlain, newTimestampId, newUuid, parseTimestampId, parseUuid, recordPath } from '../../src/format/identifiers.js';
import { instantOf } from '../../src/format/instant.js';

const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

t.test('both spellings of a UUID are one value', async (t) => {
  t.equal(parseUuid(ID), ID);
  t.equal(parseUuid('7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88'), ID);
  t.equal(formatUuidPlain(ID), '7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88');
  t.equal(parseUuid('00000000-0000-0000-0000-000000000000'), '00000000-0000-0000-0000-000000000000', 'any version');
});

t.test('what is no UUID', async (t) => {
  const wrong = [
    '',
    ID.toUpperCase(),
    `${ID} `,
    `${ID}\n`,
    `{${ID}}`,
    ID.slice(1),
    ID.replace('-', ''),
    '7f4c2e9d-4b0a4f3a9a2c0e9a6b5d1c88',
    '7f4c2e9d4b0a-4f3a-9a2c-0e9a6b5d1c-88',
    'g'.repeat(32),
    '٠'.repeat(32),
  ];
  for (const text of wrong) t.equal(parseUuid(text), undefined, JSON.stringify(text));
});

t.test('parsing a written UUID gives it again, in either spelling', async () => {
  fc.assert(fc.property(fc.uuid(), (id) => parseUuid(id) === id && parseUuid(formatUuidPlain(id)) === id));
});

t.test('a fresh UUID is of version 4', async (t) => {
  t.match(newUuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

t.test('timestamp ids', async (t) => {
  const read = parseTimestampId(`20260111T143522.045Z-${ID}`);
  t.equal(read?.uuid, ID);
  t.equal(read?.instant, instantOf(new Date('2026-01-11T14:35:22.045Z')));
  const at = new Date('2031-12-01T00:00:59.007Z');
  const fresh = newTimestampId(at);
  t.match(fresh, /^20311201T000059\.007Z-/);
  t.equal(parseTimestampId(fresh)?.instant, instantOf(at));
  t.ok(parseTimestampId(`20240229T000000.000Z-${ID}`), 'a leap day');
});

t.test('a timestamp id needs a time of the calendar and a hyphenated UUID', async (t) => {
  const wrong = [
    `20260229T000000.000Z-${ID}`,
    `20261301T000000.000Z-${ID}`,
    `20260100T000000.000Z-${ID}`,
    `20260111T240000.000Z-${ID}`,
    `20260111T143560.000Z-${ID}`,
    `20260111T143522.045Z-${formatUuidPlain(ID)}`,
    `20260111T143522.045Z-${ID.toUpperCase()}`,
    `20260111T143522.045z-${ID}`,
    `20260111T143522Z-${ID}`,
    `20260111T143522.0450Z-${ID}`,
    `20260111T143522.045Z-${ID}\n`,
    `20260111T143522.045Z_${ID}`,
    ID,
    '..',
  ];
  for (const text of wrong) t.equal(parseTimestampId(text), undefined, JSON.stringify(text));
});

t.test('a record has a sharded path', async (t) => {
  t.equal(recordPath('coordination', ID), 'coordination/7f/4c/7f4c2e9d4b0a4f3a9a2c0e9a6b5d1c88.git');
});
