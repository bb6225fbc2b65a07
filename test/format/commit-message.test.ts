import fc from 'fast-check';
import t from 'tap';
import {
  COMMIT_ACTIONS,
  COMMIT_DOMAINS,
  readCommitMessage,
  renderCommitMessage,
  trailer,
  trailersOf,
} from '../../src/format/commit-message.js';
import { faultsOf, MESSAGE_EXAMPLE, valueOf } from './format-page.js';

const of = (from: string | RegExp, to: string) => readCommitMessage(MESSAGE_EXAMPLE.replace(from, to));
const helpOf = (reading: ReturnType<typeof readCommitMessage>) => (reading.ok ? [] : reading.faults.flatMap(({ help }) => help ?? []));

t.test("the format page's example", async (t) => {
  const message = valueOf(readCommitMessage(MESSAGE_EXAMPLE));
  t.match(message, { domain: 'coordination', action: 'update', summary: 'Added message to thread' });
  t.same(message.trailers[2], { key: 'Author-Registration', value: 'GMC 1234567', line: 5 });
  t.equal(trailer(message, 'author-name'), 'Dr Jane Smith');
  t.same(trailersOf(message, 'AUTHOR-REGISTRATION'), ['GMC 1234567']);
  t.equal(trailer(message, 'Reason'), undefined);
  t.equal(renderCommitMessage(message), MESSAGE_EXAMPLE);
});

t.test('a final newline may be missing only where that is said', async (t) => {
  const without = MESSAGE_EXAMPLE.trimEnd();
  t.same(faultsOf(readCommitMessage(without)), ['has no newline at its end']);
  t.ok(readCommitMessage(without, { finalNewline: 'optional' }).ok);
});

const READ: readonly [what: string, from: string | RegExp, to: string][] = [
  ['redact, which a rule refuses', ':update:', ':redact:'],
  ['every domain', 'coordination:', 'messaging:'],
  ['a colon in the summary', 'Added message', 'Added: message'],
  ['a hundred characters', 'Added message to thread', '𝔘'.repeat(100)],
  ['any order', /(Author-Name: .*\n)((?:.*\n)*)/, '$2$1'],
  ['keys that repeat', /$/, 'Signed-off-by: A <a@b>\nSigned-off-by: B <b@c>\nX-Other: 1\nx-other: 2\n'],
  ['two registrations', 'GMC 1234567\n', 'GMC 1234567\nAuthor-Registration: NMC 76A5432E\n'],
  ['on behalf of somebody', /$/, 'On-Behalf-Of: 9b7c6d5e-4f3a-4b1c-8e8d-7f6a5b4c3d2e\n'],
  ['a take-over', /$/, `Taken-Over: ${'a'.repeat(40)}\n`],
];

t.test('what is read', async (t) => {
  for (const [what, from, to] of READ) t.same(faultsOf(of(from, to)), ['(it was read)'], what);
});

const REFUSED: readonly [from: string | RegExp, to: string, messages: (string | RegExp)[]][] = [
  ['coordination:update: ', '', ['its subject is not "<domain>:<action>: <summary>"']],
  ['coordination:update: ', 'coordination:update:', ['its subject is not "<domain>:<action>: <summary>"']],
  ['coordination:', 'Coordination:', [/^its domain "Coordination" is not one of coordination, .*; did you mean coordination\?$/]],
  [':update:', ':delete:', ['its action "delete" is not one of create, update, superseded, redact']],
  ['Added message to thread', '', ['its summary is empty, or begins or ends with a blank']],
  ['Added message to thread', ' Added', ['its summary is empty, or begins or ends with a blank']],
  ['Added message to thread', 'x'.repeat(101), ['its summary has 101 characters, more than 100']],
  ['\n\nAuthor', '\nAuthor', ['has no blank line behind its subject']],
  ['\n\nAuthor', '\n\n\nAuthor', ['has a blank line where trailers or nothing may stand']],
  [/\n$/, '\n\n', ['has a blank line where trailers or nothing may stand']],
  ['\n\nAuthor', '\n\nSome words\n\nAuthor', [/^has a line that is no trailer/, /^has a blank line/]],
  ['Oxford University', 'Oxford\n University', [/^has a trailer that goes on over several lines/]],
  ['Author-Role: Clinician\n', '', ['lacks the trailer Author-Role']],
  ['Author-Role: Clinician\n', 'Author-Roll: Clinician\n', ['lacks the trailer Author-Role; Author-Roll looks much like one']],
  [/Author-Name: .*\nAuthor-Role: .*\n/, '', ['lacks the trailers Author-Name and Author-Role']],
  ['Author-Name', 'author-name', ['the trailer author-name is spelt Author-Name']],
  ['Author-Role', 'Author-Name', ['the trailer Author-Name stands more than once', 'lacks the trailer Author-Role']],
  ['Author-Role', 'AUTHOR-NAME', [/spelt/, 'the trailer Author-Name stands more than once', 'lacks the trailer Author-Role']],
  ['GMC 1234567', 'GMC1234567', ['the trailer Author-Registration: its value is not "<authority> <number>", such as GMC 1234567']],
  ['GMC 1234567', 'GMC 12/34', [/is not "<authority> <number>"/]],
  ['GMC 1234567', 'G_C 1234', [/is not "<authority> <number>"/]],
  ['Clinician', ' Clinician', ['the trailer Author-Role: its value is empty, or begins or ends with a blank']],
  ['Author-Role: Clinician', 'Author-Role: ', ['the trailer Author-Role: its value is empty, or begins or ends with a blank']],
  ['Author-Role: Clinician', 'Author-Role:Clinician', [/no trailer/, 'lacks the trailer Author-Role']],
  [/$/, 'On-Behalf-Of: Ada Jones\n', ["the trailer On-Behalf-Of: its value is not a participant's id, a UUID in lowercase"]],
  [/$/, 'Taken-Over: abc\n', ["the trailer Taken-Over: its value is not a commit's full id"]],
  [/$/, 'Reason: a\nReason: b\n', ['the trailer Reason stands more than once']],
  ['Clinician', 'Clini\tcian', ['holds a TAB']],
  ['Clinician', 'Clini\u0007cian', ['holds U+0007 (control character)']],
  ['Clinician\n', 'Clinician\r\n', ['holds U+000D (carriage return)']],
  ['Clinician', 'Clini\u2066cian', ['holds U+2066 (bidirectional control)']],
];

t.test('what is refused', async (t) => {
  for (const [from, to, messages] of REFUSED) {
    const found = faultsOf(of(from, to));
    t.equal(found.length, messages.length, `${from} → ${to}: ${found.join(' | ')}`);
    t.match(found, messages, to);
  }
});

t.test('missing trailers: a command that adds just those', async (t) => {
  t.same(helpOf(of(/Author-Name: .*\nAuthor-Role: .*\n/, '')), [
    'git commit --amend --no-edit -S --trailer "Author-Name: …" --trailer "Author-Role: …"',
  ]);
  t.same(helpOf(readCommitMessage('coordination:update: Added message to thread\n')), [
    'git commit --amend --no-edit -S --trailer "Author-Name: …" --trailer "Author-Role: …" --trailer "Care-Location: …"',
  ]);
});

t.test('messages that Git writes by itself', async (t) => {
  const picked = of(/$/, '(cherry picked from commit 3f7a8d2c1e9b4a6d9f2e5c8b7a4d1f923f7a8d2c)\n');
  t.match(faultsOf(picked), [/^has the line that git cherry-pick -x adds/]);
  t.same(helpOf(picked), ["git log -1 --format=%B | sed '/^(cherry picked from commit /d' | git commit --amend -S -F -"]);
  const reverted = readCommitMessage(
    'Revert "coordination:update: Added message"\n\nThis reverts commit 3f7a8d2c1e9b4a6d9f2e5c8b7a4d1f923f7a8d2c.\n',
  );
  t.match(faultsOf(reverted), [/^is the message that git revert writes/]);
  t.match(helpOf(reverted), [/^git commit --amend -S -m "<domain>:<action>: <summary>" --trailer "Author-Name: …" --trailer/]);
  t.match(faultsOf(readCommitMessage("Merge branch 'main' of /srv/record\n")), [/^is the message that git merge writes/]);
});

t.test('nothing of what a message says is in its faults', async (t) => {
  for (const [from, to] of [
    ['Dr Jane Smith', ' Secret'],
    ['GMC 1234567', 'Secret'],
    ['Added message', ' Secret'],
    ['\n\nAuthor', '\n\nSecret\nAuthor'],
  ] as const) {
    t.notMatch(faultsOf(of(from, to)).join(' '), /Secret/, to);
  }
});

const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((value) => `a${value.replaceAll(/[\p{Cc}\p{Cs}]/gu, '')}b`);
const repeated = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom('Author-Registration'), fc.stringMatching(/^[A-Za-z0-9.-]{1,5} [A-Za-z0-9]{1,8}$/)),
    fc.tuple(fc.constantFrom('Signed-off-by', 'Co-authored-by', 'X-One', 'x-one', 'Zed'), line),
  ),
  { maxLength: 5 },
);
const messages = fc.record({
  domain: fc.constantFrom(...COMMIT_DOMAINS),
  action: fc.constantFrom(...COMMIT_ACTIONS),
  summary: line,
  trailers: fc
    .tuple(line, line, line, repeated)
    .map(([name, role, place, more]) =>
      [['Author-Name', name], ['Author-Role', role], ['Care-Location', place], ...more].map(([key = '', value = '']) => ({ key, value })),
    ),
});

t.test('what is written reads as it was, in the written order', async () => {
  fc.assert(
    fc.property(messages, (message) => {
      const written = renderCommitMessage(message);
      const reading = readCommitMessage(written);
      if (!reading.ok) return false;
      const key = ({ key, value }: { key: string; value: string }) => `${key}: ${value}`;
      const same = JSON.stringify(reading.value.trailers.map(key).sort()) === JSON.stringify(message.trailers.map(key).sort());
      return same && reading.value.summary === message.summary && renderCommitMessage(reading.value) === written;
    }),
    { numRuns: 500 },
  );
});

t.test('never throws', async () => {
  const pieces = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    'Author-Name: ',
    'coordination:update: ',
    '\t',
    '(cherry picked from commit a)',
    '\u202e',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => typeof readCommitMessage(parts.join('')).ok === 'boolean'),
    { numRuns: 1000 },
  );
  // In a time that is square to their size none of these would end.
  for (const text of [':'.repeat(1e6), '\n'.repeat(1e5), 'a: b\n'.repeat(1e5), 'A'.repeat(1e6), ` ${' '.repeat(1e6)}`])
    t.type(readCommitMessage(text).ok, 'boolean');
});
