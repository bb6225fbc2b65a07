import { Buffer } from 'node:buffer';
import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { textFaults } from '../../src/format/text.js';
import { appendMessages, type Message, readThread } from '../../src/format/thread.js';
import { isAppend } from '../../src/format/thread-append.js';
import { bundles, type GivenMessage, readRecords, skip, type Version, versions } from './thread-bundles.js';
import { PLAIN } from './thread-samples.js';

t.test("every thread version that VPR's program wrote", { skip }, async (t) => {
  const { records, threads } = readRecords();
  const bodies = new Map(records.flatMap(({ bodies = [] }) => bodies.map(({ thread, body }) => [thread, body])));
  const seen = new Set<string>();
  const all = bundles('coordination');
  t.not(all.length, 0);
  for (const bundle of all) {
    const { files, remove } = versions(bundle);
    t.teardown(() => rmSync(remove, { recursive: true, force: true }));
    t.test(bundle, async (t) => {
      const byThread = new Map<string, Version[]>();
      for (const file of files) {
        const name = /^communications\/([^/]+)\/thread\.md$/.exec(file.path)?.[1];
        t.same(textFaults(file.bytes, { finalNewline: name === undefined ? 'required' : 'optional' }), [], file.path);
        if (name !== undefined) byThread.set(name, [...(byThread.get(name) ?? []), file]);
      }
      for (const [name, list] of byThread) {
        seen.add(name);
        const given = threads[name]?.messages ?? [];
        t.equal(list.length, given.length, `${name}: one version a message`);
        for (const [index, { bytes }] of list.entries()) checkVersion(t, bytes, given.slice(0, index + 1), list[index - 1]?.bytes);
        const body = bodies.get(name);
        if (body !== undefined) t.equal(given.at(-1)?.body, body);
      }
    });
  }
  t.test('nothing of records.json was left out', async (t) => {
    t.same([...seen].sort(), Object.keys(threads).sort());
    for (const name of bodies.keys()) t.ok(seen.has(name), name);
  });
});

function checkVersion(t: Test, bytes: Uint8Array, given: readonly GivenMessage[], before: Uint8Array | undefined): void {
  const thread = readThread(bytes);
  if (!thread.ok) {
    t.fail(JSON.stringify(thread.faults));
    return;
  }
  t.equal(thread.value.layout, 2);
  t.equal(thread.value.messages.length, given.length);
  t.same(
    thread.value.messages.map((message, index) => asGiven(message, given[index])),
    given.map(({ id, author_id, author_name, type, corrects, body }) => ({ id, author_id, author_name, type, corrects, body })),
  );
  const now = appendMessages(bytes, thread.value, [PLAIN]);
  t.ok(isAppend(bytes, now).ok, 'takes a message of ours');
  if (before === undefined) return;
  const append = isAppend(before, bytes);
  t.equal(append.ok && append.value.appended.length, 1, 'appends one message');
  t.not(Buffer.compare(before, bytes), 0);
}

/** A message in the words of records.json, with only what is given there. */
function asGiven(message: Message, given: GivenMessage | undefined) {
  return {
    id: given?.id && message.id,
    author_id: given?.author_id && message.authorId,
    author_name: message.authorName,
    type: given?.type && message.role,
    corrects: message.corrects,
    body: message.body,
  };
}
