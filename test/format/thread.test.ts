import { Buffer } from 'node:buffer';
import t from 'tap';
import { appendMessages, bodyFault, newMessageFaults, normaliseBody, readThread, renderThread } from '../../src/format/thread.js';
import { ID, MESSAGE_1, MESSAGE_2, PLAIN, values } from './thread-samples.js';

const ONE = `# Messages\n\n${MESSAGE_1}`;
const TWO = `# Thread\n\n${MESSAGE_2}`;
const read = (text: string) => readThread(Buffer.from(text));
const messagesOf = (text: string) => {
  const thread = read(text);
  return thread.ok ? values(thread.value) : thread.faults;
};
const bodies = (text: string) => messagesOf(text).map((message) => ('body' in message ? message.body : message.message));
const faults = (text: string) => {
  const thread = read(text);
  return thread.ok ? [] : thread.faults.map(({ message, line }) => `${line}: ${message}`);
};
const withBody1 = (body: string) => ONE.replace(PLAIN.body, () => body);
const withBody2 = (body: string) => TWO.replace(PLAIN.body, () => body);

t.test('the documented texts', async (t) => {
  t.same(messagesOf(ONE), [PLAIN]);
  t.same(messagesOf(TWO), [PLAIN]);
  t.equal(Buffer.from(renderThread(1, [PLAIN])).toString(), ONE);
  t.equal(Buffer.from(renderThread(2, [PLAIN])).toString(), TWO);
  t.equal(Buffer.from(renderThread(1, [PLAIN, PLAIN])).toString(), `${ONE}\n---\n\n${MESSAGE_1}`);
  t.equal(Buffer.from(renderThread(2, [PLAIN, PLAIN])).toString(), TWO + MESSAGE_2);
});

t.test('corrections', async (t) => {
  const { role, ...rest } = PLAIN;
  const corrects = '00000000-0000-4000-8000-000000000000';
  const one = Buffer.from(renderThread(1, [{ ...rest, corrects }])).toString();
  t.match(one, `**Type:** correction  \n`);
  t.match(one, `**Author:** Dr Jane Smith  \n**Corrects:** \`${corrects}\`\n\nPatient`);
  t.same(messagesOf(one), [{ ...rest, corrects }]);
  t.same(messagesOf(Buffer.from(renderThread(1, [{ ...rest, role, corrects }])).toString()), [{ ...rest, corrects }]);
  const two = Buffer.from(renderThread(2, [{ ...PLAIN, corrects }])).toString();
  t.match(two, `**Author role:** clinician\n**Corrects:** ${corrects}\n\nPatient`);
  t.same(messagesOf(two), [{ ...PLAIN, corrects }]);
  t.same(faults(one.replace('Type:** correction', 'Type:** clinician')), ['3: **Corrects:** needs the type correction']);
  t.same(faults(ONE.replace('Type:** clinician', 'Type:** correction')), ['3: a message of type correction needs **Corrects:**']);
});

t.test('threads without messages', async (t) => {
  for (const [text, layout] of [
    ['# Messages\n', 1],
    ['# Thread', 2],
    ['# Thread\n', 2],
  ] as const) {
    t.same(read(text), { ok: true, value: { layout, messages: [] } }, JSON.stringify(text));
  }
  t.same(faults('# Messages'), ['1: the file does not end with a newline']);
  for (const text of ['# Messages\n\n', '# Thread\n\n', '# Messages \n', '# Messages\n \n'])
    t.not(faults(text).length, 0, JSON.stringify(text));
});

t.test('places of messages', async (t) => {
  for (const text of [`${ONE}\n---\n\n${MESSAGE_1}`, TWO + MESSAGE_2]) {
    const thread = read(text);
    if (!thread.ok) throw new Error(thread.faults[0]?.message);
    for (const { start, end, line } of thread.value.messages) {
      const part = text.slice(start, end);
      t.match(part, /^(## Message\n|\*\*Message ID:)/);
      t.ok(part.endsWith(`\n\n${PLAIN.body}`));
      t.equal(text.slice(0, start).split('\n').length, line);
    }
  }
});

t.test('what reading takes as equal, layout 1', async (t) => {
  t.same(messagesOf(ONE.replaceAll('  \n', '\n')), [PLAIN], 'no trailing spaces');
  t.same(messagesOf(ONE.replaceAll('Smith\n', 'Smith   \n')), [PLAIN], 'more trailing spaces');
  t.same(messagesOf(ONE.replace(ID, ID.replaceAll('-', ''))), [PLAIN], 'the other spelling of a UUID');
  t.same(
    messagesOf(`${ONE} \t\n--- \n\t\n## Message \n${MESSAGE_1.slice('## Message\n'.length)}`),
    [PLAIN, PLAIN],
    'blanks on lines without text',
  );
});

t.test('what reading takes as equal, layout 2', async (t) => {
  t.same(messagesOf(TWO.slice(0, -1)), [PLAIN], 'no final newline');
  t.same(messagesOf(TWO.slice(0, -1) + MESSAGE_2), [PLAIN, PLAIN], 'the next message on the line of the dashes');
  t.same(messagesOf(TWO.replace('Author name', 'Author').replace('Author role', 'Role')), [PLAIN], 'older names');
  t.same(messagesOf(TWO.replace(ID, ID.replaceAll('-', ''))), [PLAIN], 'the other spelling of a UUID');
});

t.test('nothing is trimmed from a body', async (t) => {
  for (const body of ['\n\ntext', 'text\n\n', ' text ', '  \ntext\n \t', 'a\n\n\nb']) {
    t.same(bodies(withBody1(body)), [body]);
    t.same(bodies(withBody2(body)), [body]);
  }
});

t.test('reserved lines of layout 1', async (t) => {
  t.same(bodies(withBody1('\\---\n\\\\---\n\\## Message \n\\\\\\## Message')), ['---\n\\---\n## Message \n\\\\## Message']);
  for (const line of [
    '----',
    ' ---',
    '\\ ---',
    '--- x',
    '### Message',
    '## Messages',
    '\\# x',
    '***',
    '```',
    '\\`\\`\\`',
    '---**Message ID:** x',
  ]) {
    t.same(bodies(withBody1(line)), [line], line);
  }
  const dashes = read(withBody1('a\n\n---\n\nb'));
  t.match(dashes, {
    ok: false,
    faults: [{ line: 13, message: /`---` out of its place/, help: [/write \\--- for a line that is only dashes/] }],
  });
  const header = read(withBody1('a\n\n## Message\n\nb'));
  t.match(header, { ok: false, faults: [{ line: 13, message: /`## Message` out of its place/, help: [/write \\## Message/] }] });
  for (const end of [
    '\n---\n',
    '\n---\n\n',
    '\n---\n\n## Message',
    '---\n\n## Message\n',
    '\n---\n## Message\n',
    '\n---\n\n\n## Message\n',
  ]) {
    t.not(faults(ONE + end).length, 0, JSON.stringify(end));
  }
});

t.test('escapes of layout 2', async (t) => {
  const cases: [written: string, meant: string][] = [
    ['\\# Plan', '# Plan'],
    ['# Plan', '# Plan'],
    ['  \\\\# Plan', '  \\# Plan'],
    ['\\---', '---'],
    [' \\*** \t', ' *** \t'],
    ['\\\\___', '\\___'],
    ['a\n\n---\n\nb', 'a\n\n---\n\nb'],
    ['\\---**Message ID:** x', '---**Message ID:** x'],
    [' ---**Message ID:** x', ' ---**Message ID:** x'],
    ['\\`\\`\\`', '```'],
    ['```', '```'],
    ['\\\\`\\`\\`', '\\`\\`\\`'],
    ['a \\\\\\`\\`\\` b \\`\\`\\`\\`\\`\\`', 'a \\\\`\\`\\` b ``````'],
    ['`\\`\\`', '`\\`\\`'],
    ['`\\`\\`\\`', '````'],
    ['\\# \\`\\`\\`', '# \\`\\`\\`'],
    ['\\a \\\\', '\\a \\\\'],
  ];
  for (const [written, meant] of cases) t.same(bodies(withBody2(written)), [meant], written);
});

t.test('where a message of layout 2 ends', async (t) => {
  t.same(bodies(withBody2('a\n\n---\n\n**Message ID:** x')), ['a\n\n---\n\n**Message ID:** x'], 'a blank line between');
  t.same(bodies(withBody2('a\n\n--- \n**Message ID:** x')), ['a\n\n--- \n**Message ID:** x'], 'not only dashes');
  for (const body of ['a\n\n---\n**Message ID:** x', 'a\n\n---**Message ID:** x']) {
    t.match(faults(withBody2(body))[0], /Message ID:\*\* has to be followed by a UUID$/, 'an incomplete block');
  }
  t.match(faults(TWO.slice(0, -'\n---\n'.length)), [/the last message is not closed/]);
  for (const end of ['\n', ' ', 'x', '\n\n', '---\n']) t.not(faults(TWO + end).length, 0, JSON.stringify(end));
  t.match(faults(withBody2('').replace('\n\n---', '---')), [/no body/]);
  t.same(faults(TWO.replace('breath.\n\n', 'breath.\n')), ['10: expected exactly one blank line before the `---` that closes a message']);
});

t.test('the file as a whole', async (t) => {
  t.match(faults(''), [/^1: expected `# Messages`/]);
  t.match(faults('\ufeff# Messages\n'), [/^1: expected `# Messages`/]);
  t.same(faults(ONE.slice(0, -1)), ['11: the file does not end with a newline']);
  t.match(read(ONE.replaceAll('\n', '\r\n')), { ok: false, faults: [{ line: 1, help: [/end lines with LF alone/] }] });
  t.match(readThread(Buffer.concat([Buffer.from(ONE), Buffer.from([0xff, 0x0a])])), {
    ok: false,
    faults: [{ line: 12, message: /not UTF-8/ }],
  });
  t.equal(
    faults(`# Messages\n\n${MESSAGE_1.replace('clinician', 'x')}${`\n---\n\n${MESSAGE_1.replace('clinician', 'x')}`.repeat(20)}`).length,
    5,
  );
});

t.test('appending to whatever end a file has', async (t) => {
  const texts: [old: string, now: string][] = [
    ['# Messages\n', ONE],
    ['# Thread\n', TWO],
    ['# Thread', TWO],
    [ONE, `${ONE}\n---\n\n${MESSAGE_1}`],
    [TWO, TWO + MESSAGE_2],
    [TWO.slice(0, -1), TWO + MESSAGE_2],
  ];
  for (const [old, now] of texts) {
    const thread = read(old);
    if (!thread.ok) throw new Error(thread.faults[0]?.message);
    t.equal(Buffer.from(appendMessages(Buffer.from(old), thread.value, [PLAIN])).toString(), now);
    t.equal(Buffer.from(appendMessages(Buffer.from(old), thread.value, [])).toString(), old);
  }
});

t.test('what may be written', async (t) => {
  t.equal(bodyFault('a\n\tb'), undefined);
  t.match(bodyFault(' \n\t'), { message: /blank/ });
  t.match(bodyFault('a\n\u202eb'), { message: /U\+202E \(bidirectional control\) in line 2/ });
  t.match(bodyFault('a\rb'), { message: /U\+000D/ });
  t.match(bodyFault('\ud800'), { message: /half of a surrogate pair/ });
  t.equal(normaliseBody('a\r\nb\r\n'), 'a\nb\n');
  t.same(newMessageFaults(1, { ...PLAIN, body: 'a\r\nb' }), [], 'CR LF is turned into LF');
  t.same(bodies(Buffer.from(renderThread(1, [{ ...PLAIN, body: 'a\r\nb' }])).toString()), ['a\nb']);
  const { role: _role, ...roleless } = PLAIN;
  t.equal(newMessageFaults(1, roleless).length, 1);
  t.equal(newMessageFaults(2, { ...roleless, corrects: ID }).length, 1);
  t.same(newMessageFaults(1, { ...roleless, corrects: ID }), []);
  const bad = { id: 'x', authorId: 'x', authorName: ' x', timestamp: 'x', corrects: 'x', body: ' ' };
  t.equal(newMessageFaults(2, bad).length, 7);
  for (const authorName of ['', 'a\nb', 'a\u0000', '\tx']) t.equal(newMessageFaults(1, { ...PLAIN, authorName }).length, 1);
  t.throws(() => renderThread(1, [{ ...PLAIN, body: '' }]), { code: 'thread/message' });
});
