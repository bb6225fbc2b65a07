import { Buffer } from 'node:buffer';
import t from 'tap';
import { readThread } from '../../src/format/thread.js';
import { AUTHOR, ID, MESSAGE_1, MESSAGE_2, PLAIN } from './thread-samples.js';

const ONE = `# Messages\n\n${MESSAGE_1}`;
const TWO = `# Thread\n\n${MESSAGE_2}`;
const faults = (text: string) => {
  const thread = readThread(Buffer.from(text));
  return thread.ok ? [] : thread.faults.map(({ message, line }) => `${line}: ${message}`);
};
const withBody1 = (body: string) => ONE.replace(PLAIN.body, () => body);
const withBody2 = (body: string) => TWO.replace(PLAIN.body, () => body);

t.test('metadata: once each, in order, nothing unknown', async (t) => {
  const time = '**Timestamp:** 2026-01-11T14:36:15.234Z  \n';
  t.same(faults(ONE.replace(time, '')), [
    '7: expected **Timestamp:** here, found **Author ID:**, out of order, repeated or without a value',
  ]);
  t.same(faults(ONE.replace(time, time + time)), [
    '8: expected **Author ID:** here, found **Timestamp:**, out of order, repeated or without a value',
  ]);
  t.same(faults(ONE.replace(time, `**Urgency:** Jane is pregnant\n${time}`)), [
    '7: expected **Timestamp:** here, found metadata that is not known',
  ]);
  t.same(faults(ONE.replace('Smith\n', 'Smith\n**Read by:** Eve\n')), [
    '10: expected the end of the metadata, a blank line, found metadata that is not known',
  ]);
  t.same(faults(ONE.replace('Smith\n', 'Smith\n**Author:** Eve\n')), [
    '10: expected the end of the metadata, a blank line, found **Author:**, out of order, repeated or without a value',
  ]);
  t.same(faults(TWO.replace('clinician\n', 'clinician\n**Role:** clinician\n')), [
    '8: expected the end of the metadata, a blank line, found **Role:**, out of order, repeated or without a value',
  ]);
  t.same(faults(ONE.replace('Smith\n\n', 'Smith\n')), ['10: expected exactly one blank line after the metadata']);
  t.same(faults(ONE.replace('## Message\n\n', '## Message\n')), ['4: expected exactly one blank line after `## Message`']);
  t.match(faults(ONE.replace('# Messages\n\n', '# Messages\n')), [/^2: expected exactly one blank line after `# Messages`/]);
  t.match(faults(`# Messages\n\n\n${MESSAGE_1}`), [/^3: expected `## Message` here/]);
  t.match(faults(`# Thread\n\n\n${MESSAGE_2}`), [/^3: expected \*\*Message ID:\*\* here, found a blank line/]);
});

t.test('values', async (t) => {
  const wrong: [text: string, expected: RegExp][] = [
    [ONE.replace(ID, ID.toUpperCase()), /^5: \*\*ID:\*\* has to be followed by a UUID between backticks/],
    [ONE.replace(`\`${ID}\``, ID), /^5: \*\*ID:\*\* has to be followed by a UUID between backticks/],
    [ONE.replace('Type:** clinician', 'Type:** doctor'), /^6: \*\*Type:\*\* has to be followed by one of clinician, patient/],
    [ONE.replace('01-11T', '02-30T'), /^7: \*\*Timestamp:\*\* has to be followed by an RFC 3339 time/],
    [ONE.replace(AUTHOR, 'x'), /^8: \*\*Author ID:\*\* has to be/],
    [ONE.replace(' Dr Jane Smith', '  Dr Jane Smith'), /^9: \*\*Author:\*\* has to be followed by one trimmed line/],
    [ONE.replace('Smith\n', 'Smith\t\n'), /^9: \*\*Author:\*\* has to be followed by one trimmed line/],
    [TWO.replace('Smith\n', 'Smith \n'), /^6: \*\*Author name:\*\* has to be followed by one trimmed line/],
    [TWO.replace('clinician', 'correction'), /^7: \*\*Author role:\*\* has to be followed by one of/],
    [TWO.replace(ID, `\`${ID}\``), /^3: \*\*Message ID:\*\* has to be followed by a UUID$/],
    [withBody1(' \t'), /^11: the message has no body/],
    [withBody2('\n \n'), /^9: the message has no body/],
  ];
  for (const [text, expected] of wrong) t.match(faults(text), [expected]);
});
