/** What is kept of a problem: the rule's words, ids and places; nothing that a record says. */
import fc from 'fast-check';
import t from 'tap';
import { readLedger } from '../../src/format/ledger.js';
import { withoutNames, withoutWords } from '../../src/projections/withheld-words.js';

t.test('messages', async (t) => {
  for (const [message, kept] of [
    ['participants[2].role: "HIV positive" is not one of clinician, patient', 'participants[2].role: "…" is not one of clinician, patient'],
    ['the name "a\\"b" may not stand in a directory', 'the name "…" may not stand in a directory'],
    ['x: "a" HIV "b" is not text', 'x: "…" is not text'],
    ['cut off: "HIV posi', 'cut off: "…"'],
    ['hiv.positive is not a known key; did you mean role?', '… is not a known key; did you mean role?'],
    ['the key a "b stands more than once', 'the key … stands more than once'],
    ['the key HIV has no colon', 'the key … has no colon'],
    ['the author 7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88 is no participant of this thread', undefined],
    ['last_updated_at is 2026-01-01T00:00:00Z, not after what it was', undefined],
  ] as const)
    t.equal(withoutWords(message), kept ?? message);
});

t.test('paths', async (t) => {
  const thread = 'communications/20260101T000000.000Z-550e8400-e29b-41d4-a716-446655440000';
  for (const path of [`${thread}/ledger.yaml`, 'COORDINATION_STATUS.yaml', '.gitignore']) t.equal(withoutNames(path), path);
  t.equal(withoutNames('HIV result.txt'), '…');
  t.equal(withoutNames(`${thread}/HIV/thread.md`), `${thread}/…/thread.md`);
  t.equal(withoutNames('communications/Jane Smith/x'), 'communications/…/…');
});

t.test('no value or key of a ledger is in what is kept of its faults', async () => {
  const word = fc.stringMatching(/^[A-Za-z" ]{3,20}$/).map((text) => `Zq${text}`);
  fc.assert(
    fc.property(word, word, (key, value) => {
      const quoted = JSON.stringify(value);
      const yaml = `status: ${quoted}\n${JSON.stringify(key)}: 1\n${JSON.stringify(key)}: 1\nvisibility: { sensitivity: ${quoted}, restricted: ${quoted} }\n`;
      const reading = readLedger(Buffer.from(yaml));
      return !reading.ok && reading.faults.every(({ message }) => !withoutWords(message).includes('Zq'));
    }),
  );
});
