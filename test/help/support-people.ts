/** A guarded host whose record several people write to, each in a clone of their own. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Person } from '../../src/validators/example.js';
import { makeHost, temporary } from '../e2e/support.js';
import { beginRecord, cloneFor } from '../e2e/support-clones.js';
import { makePeople, type People } from '../support/people.js';
import { messageText } from '../support/texts.js';
import { type Host, sh, type } from './support.js';

export interface SharedHost extends Pick<Host, 'main'> {
  readonly people: People['people'];
  /** A thread of Jane's that Tom takes part in. */
  readonly thread: string;
  /** A new clone, set up for a person. */
  clone(person: Person): Promise<string>;
  /** Opens one more thread of Jane's and Tom's; its id. */
  open(t: Test): Promise<string>;
}

export async function shared(t: Test): Promise<SharedHost> {
  const directory = temporary(t);
  const people = await makePeople();
  const host = makeHost(join(directory, 'host'), people);
  let clones = 0;
  const clone = async (person: Person) => {
    clones += 1;
    return cloneFor(directory, host, people, { person, name: `${person}-${clones}` });
  };
  const first = await clone('jane');
  const thread = beginRecord(first, people);
  type(t, first, 'git push --quiet');
  const { id, name } = people.people.tom;
  return {
    people: people.people,
    thread,
    clone,
    main: () => sh(host.repository, 'git rev-parse main').output.trim(),
    async open(t) {
      const jane = await clone('jane');
      type(t, jane, `vpr thread create --participant '${id}:clinician:${name}' --message "Please look."`, 'git push --quiet');
      return sh(jane, `git show --format= --name-only HEAD | sed -n '1s|communications/\\(.*\\)/.*|\\1|p'`).output.trim();
    },
  };
}

/** Appends a message to a thread by hand, as an editor would, and moves the ledger's time. */
export function write(
  clone: string,
  thread: string,
  author: People['people'][Person],
  { role = author.role, name = author.name, at = new Date(), id = randomUUID() as string } = {},
): void {
  const [words, ledger] = ['thread.md', 'ledger.yaml'].map((file) => join(clone, 'communications', thread, file)) as [string, string];
  writeFileSync(
    words,
    `${readFileSync(words, 'utf8')}\n---\n\n${messageText({ role, id, body: 'By hand.' }, { ...author, name }, at.toISOString())}`,
  );
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replace(/^(last_updated_at: ).*$/m, `$1${at.toISOString()}`));
}

/** The command in a help line: what follows the words in front of it. */
export function command(line: string): string {
  return /^(?:git|vpr) /.test(line) ? line : line.slice(line.indexOf(': ') + 2);
}
