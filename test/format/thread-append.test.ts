import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { readThread, renderThread, type ThreadLayout } from '../../src/format/thread.js';
import { isAppend } from '../../src/format/thread-append.js';
import { anyBody, anyMessages, MESSAGE_1, MESSAGE_2, PLAIN, values } from './thread-samples.js';

const ONE = `# Messages\n\n${MESSAGE_1}`;
const TWO = `# Thread\n\n${MESSAGE_2}`;
const compare = (old: string, now: string) => isAppend(Buffer.from(old), Buffer.from(now));

t.test('appends', async (t) => {
  const appends: [old: string, rest: string][] = [
    [ONE, `\n---\n\n${MESSAGE_1}`],
    ['# Messages\n', `\n${MESSAGE_1}`],
    [TWO, MESSAGE_2],
    [TWO.slice(0, -1), `\n${MESSAGE_2}`],
    [TWO.slice(0, -1), MESSAGE_2],
    [TWO.slice(0, -1), MESSAGE_2.slice(0, -1)],
    ['# Thread', `\n\n${MESSAGE_2}`],
  ];
  for (const [old, rest] of appends) {
    const result = compare(old, old + rest);
    t.ok(result.ok, JSON.stringify(rest));
    if (result.ok) t.same(values({ layout: 1, messages: result.value.appended }), [PLAIN]);
  }
});

t.test('a changed byte is shown with both lines', async (t) => {
  t.same(compare(ONE, ONE.replace('reported', 'denied')), {
    ok: false,
    faults: [
      {
        message: 'changes text that is already part of the record',
        line: 11,
        former: PLAIN.body,
        now: 'Patient has denied increasing shortness of breath.',
      },
    ],
  });
  t.match(compare(ONE, ONE.replace('Dr Jane', 'Dr Tom')), {
    faults: [{ line: 9, former: '**Author:** Dr Jane Smith', now: '**Author:** Dr Tom Smith' }],
  });
  t.match(compare(ONE, ONE.replace('reported ', 'reported\n')), {
    faults: [{ line: 11, former: PLAIN.body, now: 'Patient has reported' }],
  });
});

t.test('removed text', async (t) => {
  const shorter = compare(`${ONE}\n---\n\n${MESSAGE_1}`, ONE);
  t.match(shorter, { ok: false, faults: [{ line: 12, message: /changes text/, former: '' }] });
  t.notOk(!shorter.ok && 'now' in (shorter.faults[0] ?? {}), 'nothing stands there now');
  t.match(compare(ONE, ''), { ok: false, faults: [{ line: 1, former: '# Messages' }] });
  t.match(compare(ONE, ONE.slice(0, -5)), { ok: false, faults: [{ line: 11, now: 'Patient has reported increasing shortness of br' }] });
});

t.test('text that is no message of its own', async (t) => {
  const grown = compare(ONE, `${ONE}More.\n`);
  t.match(grown, { ok: false, faults: [{ line: 12, message: /adds text to an earlier message/, now: 'More.' }] });
  t.notOk(!grown.ok && 'former' in (grown.faults[0] ?? {}), 'nothing stood there');
  t.match(compare(ONE, `${ONE}More.\n\n---\n\n${MESSAGE_1}`), { faults: [{ message: /adds text to an earlier message/ }] });
  t.match(compare(TWO, `${TWO}More.\n\n---\n`), { faults: [{ line: 12, message: /adds text to an earlier message/ }] });
  t.match(compare(TWO, `${TWO}More.\n\n---\n${MESSAGE_2}`), { faults: [{ message: /adds text to an earlier message/ }] });
  t.match(compare(`${ONE}\n`, `${ONE}\n---\n\n${MESSAGE_1}`), { faults: [{ line: 13, message: /adds text to an earlier message/ }] });
  t.match(compare(`${ONE}\n`, `${ONE}\n\n---\n\n${MESSAGE_1}`), { ok: true });
  t.match(compare(ONE, ONE), { faults: [{ message: /adds text that is no message/ }] });
  t.match(compare(TWO.slice(0, -1), TWO), { faults: [{ message: /adds text that is no message/ }] });
});

t.test('a blank line before a message of layout 2', async (t) => {
  const message = /^has a blank line before `\*\*Message ID:\*\*`/;
  const fault = { message, line: 12, help: ['take out the blank line'] };
  t.match(compare(TWO, `${TWO}\n${MESSAGE_2}`), { ok: false, faults: [fault] });
  t.match(compare(TWO.slice(0, -1), `${TWO} \n\t\n${MESSAGE_2}`), { ok: false, faults: [{ ...fault, line: 13 }] });
  t.match(compare(TWO, `${TWO}More.\n\n${MESSAGE_2}`), { faults: [{ message: /adds text to an earlier message/ }] });
});

t.test('what does not read', async (t) => {
  t.match(compare(ONE, `${ONE}\n---\n`), { ok: false, faults: [{ line: 13, message: /out of its place/ }] });
  t.match(compare('x\n', `x\n${ONE}`), { ok: false, faults: [{ message: /the former version does not read/ }] });
  t.match(isAppend(Buffer.from(ONE), Buffer.concat([Buffer.from(ONE), Buffer.from([0xff])])), { faults: [{ message: /not UTF-8/ }] });
});

t.test('long lines are quoted around the change, at whole characters', async (t) => {
  const old = ONE.replace(PLAIN.body, '漢'.repeat(2000));
  const result = compare(old, ONE.replace(PLAIN.body, `${'漢'.repeat(1000)}字${'漢'.repeat(999)}`));
  const [fault] = result.ok ? [] : result.faults;
  t.match(fault?.former, /^漢{50,200}$/u);
  t.match(fault?.now, /^漢+字漢+$/u);
});

for (const layout of [1, 2] as const) {
  t.test(`layout ${layout}: only whole messages are taken as an append`, async (t) => {
    const counts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(anyMessages(layout, { maxLength: 3 }), anySuffix(layout), fc.boolean(), (messages, suffix, newline) => {
        const rendered = Buffer.from(renderThread(layout, messages));
        const old = layout === 1 || newline ? rendered : rendered.subarray(0, -1);
        const result = isAppend(old, Buffer.concat([old, suffix]));
        counts[result.ok ? 'taken' : 'refused'] += 1;
        const alone = readAlone(layout, suffix, old.at(-1) !== 0x0a, messages.length === 0);
        // What is taken reads as the same messages when it stands alone, and what reads so alone is taken.
        t.same(result.ok ? values({ layout, messages: result.value.appended }) : [], alone);
      }),
      { numRuns: 1500 },
    );
    t.ok(counts.taken > 50 && counts.refused > 200, JSON.stringify(counts));
  });

  t.test(`layout ${layout}: no former byte can change`, async () => {
    fc.assert(
      fc.property(
        anyMessages(layout, { minLength: 1, maxLength: 2 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (messages, place, flip) => {
          const old = Buffer.from(renderThread(layout, messages));
          const now = Buffer.from(renderThread(layout, [...messages, PLAIN]));
          const at = place % old.length;
          now[at] = (now[at] ?? 0) ^ flip;
          const result = isAppend(old, now);
          const line = old.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
          return !result.ok && result.faults.length === 1 && result.faults[0]?.line === line;
        },
      ),
      { numRuns: 500 },
    );
  });
}

/** Whole messages, such with a few bytes changed, and text that is none. */
function anySuffix(layout: ThreadLayout): fc.Arbitrary<Buffer> {
  const title = layout === 1 ? '# Messages\n' : '# Thread\n\n';
  const messages = anyMessages(layout, { minLength: 1, maxLength: 2 }).map((list) => {
    return Buffer.from(renderThread(layout, list)).toString().slice(title.length);
  });
  const gap = layout === 1 ? fc.constantFrom('\n---\n', '\n---\n', '', '\n') : fc.constantFrom('', '\n', '\n\n');
  const whole = fc.tuple(gap, messages).map(([before, text]) => before + text);
  const changed = fc
    .tuple(whole, fc.nat(), fc.nat({ max: 4 }), fc.constantFrom('', '\n', ' ', '-', '\\', '---\n', 'x'))
    .map(([text, place, cut, put]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + cut);
    });
  return fc.oneof(whole, changed, anyBody, fc.string()).map((text) => Buffer.from(text.replaceAll(/[\ud800-\udfff]/gu, '')));
}

/** The messages of a suffix, found by putting a title of its own before it; none where it is not made of whole messages. */
function readAlone(layout: ThreadLayout, suffix: Buffer, open: boolean, first: boolean) {
  let text = suffix.toString();
  if (layout === 1 && !first) {
    const rule = /^[ \t]*\n---[ \t]*\n/.exec(text);
    if (rule === null) return [];
    text = text.slice(rule[0].length);
  }
  if (layout === 2 && open) {
    // After `---` without a newline the next message may begin at once; after the title it may not.
    if (text.startsWith('\n')) text = text.slice(1);
    else if (first) return [];
  }
  const title = layout === 1 ? '# Messages\n' : first ? '# Thread\n' : '# Thread\n\n';
  const thread = readThread(Buffer.from(title + text));
  return thread.ok ? values(thread.value) : [];
}
