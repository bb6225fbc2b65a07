/** Fuzzed pushes: texts of a record changed at random, and signed by people who may sign. */
import { parse } from 'yaml';
import type { ObjectId } from '../../src/format/push.js';
import { readThread } from '../../src/format/thread.js';
import type { Person } from '../../src/validators/example.js';
import type { Random } from '../support/random.js';
import type { MadePush, Scenario } from '../support/scenario.js';

const WRITERS: readonly Person[] = ['jane', 'tom', 'pat', 'ada', 'rob', 'sue', 'bot'];
/** What texts of the format are made of: a change of these does more than a change of bytes. */
const WORDS = [
  '---',
  '## Message',
  '\\',
  '**ID:** ',
  '\n',
  '\n\n',
  '  ',
  '`',
  'open',
  'closed',
  ': ',
  '- ',
  '#',
  '&a',
  '*a',
  '\u202e',
  '\u0000',
  'é',
];

/** One change of a text: some of it taken out, put in, or put somewhere else. */
function mutated(text: string, random: Random): string {
  const at = random.int(text.length + 1);
  const length = random.int(40);
  switch (random.int(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + random.pick(WORDS) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(random.int(text.length)).slice(0, length) + text.slice(at);
    default:
      return text.slice(0, at) + random.bytes(1 + random.int(3)).toString('latin1') + text.slice(at + length);
  }
}

/**
 * Puts a push into the scenario: a message and, in two of three, changes of
 * what it appended, of the ledger or of the commit that nobody would make.
 */
export function fuzz(record: Scenario, random: Random): void {
  const by = random.pick(WRITERS);
  const ledger = `${record.thread}/ledger.yaml`;
  const thread = `${record.thread}/thread.md`;
  const body = mutated(mutated('Seen. Please see the plan.\n\n---\n\nThank you.', random), random);
  const edits = {
    ...(random.int(3) === 0 ? { [ledger]: (text: string) => mutated(text, random) } : {}),
    ...(random.int(3) === 0 ? { [thread]: (text: string) => mutated(text, random) } : {}),
  };
  record.append({ by, body, files: edits, ...(random.int(4) === 0 ? { author: random.pick(WRITERS) } : {}) });
}

/**
 * Looks at what was accepted without any of the rules: the thread begins with
 * what it was, and has one message more; the ledger is the same thread's.
 * Returns what is wrong, in words.
 */
export function* wrongs({ objects, updates }: MadePush, directory: string): Generator<string> {
  const [update] = updates;
  if (update === undefined) return;
  const text = (commit: ObjectId, name: string) => fileOf(objects, commit, [...directory.split('/'), name]);
  const [before, after] = [text(update.old, 'thread.md'), text(update.new, 'thread.md')];
  if (!after.subarray(0, before.length).equals(before)) yield 'the thread does not begin with what it was';
  const counts = [before, after].map((bytes) => {
    const reading = readThread(bytes);
    return reading.ok ? reading.value.messages.length : Number.NaN;
  });
  if (counts[1] !== (counts[0] ?? 0) + 1) yield `the thread had ${counts[0]} messages, and has ${counts[1]}`;
  const ledger = parse(text(update.new, 'ledger.yaml').toString('utf8'), { schema: 'failsafe' });
  if (ledger.communication_id !== directory.split('/').at(-1)) yield 'the ledger is of another thread';
  if (!(ledger.last_updated_at > parse(text(update.old, 'ledger.yaml').toString('utf8'), { schema: 'failsafe' }).last_updated_at)) {
    yield 'last_updated_at has not moved forward';
  }
}

/** A file's bytes, found from a commit by its path, reading trees by hand. */
function fileOf(objects: MadePush['objects'], commit: ObjectId, path: readonly string[]): Buffer {
  let id = /^tree ([0-9a-f]{40})\n/.exec(content(objects, commit).toString('latin1'))?.[1] ?? '';
  for (const name of path) {
    const tree = content(objects, id);
    const at = tree.indexOf(` ${name}\0`, 0, 'latin1');
    const start = at + name.length + 2;
    id = tree.subarray(start, start + 20).toString('hex');
  }
  return content(objects, id);
}

function content(objects: MadePush['objects'], id: ObjectId): Buffer {
  return Buffer.from(objects.get(id)?.bytes ?? Buffer.alloc(0));
}
