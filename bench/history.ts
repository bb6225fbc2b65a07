/** A long history of one record, with real signatures, in a bare repository: what `bench verify` verifies. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { signPayload } from '../src/trust/sign.js';
import { gitLine, setRef } from '../test/e2e/support.js';
import { withSignature } from '../test/support/objects.js';
import type { People, TestPerson } from '../test/support/people.js';
import { commitText, ledgerText, messageText, STATUS } from '../test/support/texts.js';
import { packWriter, type Written } from './pack-writer.js';

/** How the history is to be. */
export interface HistoryShape {
  /** All commits: the root, one for each thread, and the messages. */
  readonly commits: number;
  readonly threads: number;
  /** Characters of each message's body. */
  readonly body: number;
  /** Messages that one commit appends. */
  readonly messages: number;
  /** Take that long altogether, and end now, in seconds: certificates are no older. */
  readonly seconds: number;
}

/** A history that was made. */
export interface History {
  readonly repository: string;
  readonly tip: string;
}

interface Thread {
  readonly name: string;
  thread?: Written;
  ledger?: Written;
  tree?: Written;
}

/** Makes the history; its objects are in one pack. */
export async function makeHistory(repository: string, { people }: People, shape: HistoryShape): Promise<History> {
  await gitLine('.', 'init', '--quiet', '--bare', '--initial-branch=main', repository);
  const path = join(repository, 'objects/pack/pack-1.pack');
  const pack = packWriter(path);
  const end = Date.now();
  const milliseconds = (index: number) => end + 1000 * shape.seconds * (index / shape.commits - 1);
  const stamp = (index: number) => new Date(milliseconds(index)).toISOString();
  const writers = [people.jane, people.tom];
  const status = pack.add('blob', Buffer.from(STATUS));
  const threads: Thread[] = [];
  let directories: Written | undefined;
  let head: Written | undefined;

  function commit(index: number, root: Written): void {
    const signer = writers[index % writers.length] as TestPerson;
    const ident = `${signer.name} <${signer.email}> ${Math.floor(milliseconds(index) / 1000)} +0000`;
    const text = commitText(
      root.id,
      head === undefined ? [] : [head.id],
      ident,
      `coordination:${index === 0 ? 'create' : 'update'}: Changed the record`,
      {
        'Author-Name': signer.name,
        'Author-Role': 'Clinician',
        'Author-Registration': `${signer.authority} ${signer.number}`,
        'Care-Location': 'Oxford University Hospitals',
      },
    );
    const payload = Buffer.from(text);
    const armoured = signPayload(payload, signer.key, [signer.certificate], 'cms');
    head = pack.add('commit', Buffer.from(withSignature(payload.toString('latin1'), armoured), 'latin1'));
  }

  function message(index: number, thread: Thread): void {
    const author = writers[index % writers.length] as TestPerson;
    const texts = Array.from({ length: shape.messages }, () => messageText({ body: anyText(shape.body) }, author, stamp(index)));
    const former = thread.thread === undefined ? '# Messages\n\n' : '\n---\n\n';
    const bytes = Buffer.concat([thread.thread?.bytes ?? Buffer.alloc(0), Buffer.from(former + texts.join('\n---\n\n'))]);
    thread.thread = pack.add('blob', bytes, thread.thread);
    const ledger = thread.ledger?.bytes.toString('utf8') ?? ledgerText(thread.name, [people.jane, people.tom, people.pat], stamp(index));
    const touched = ledger.replace(/^last_updated_at: .*$/m, `last_updated_at: ${stamp(index)}`);
    thread.ledger = pack.add('blob', Buffer.from(touched), thread.ledger);
    thread.tree = pack.add(
      'tree',
      tree([
        ['100644', 'ledger.yaml', thread.ledger],
        ['100644', 'thread.md', thread.thread],
      ]),
    );
  }

  commit(0, pack.add('tree', tree([['100644', 'COORDINATION_STATUS.yaml', status]])));
  for (let index = 1; index < shape.commits; index += 1) {
    const isNew = threads.length < shape.threads;
    const place = isNew ? threads.length : Math.floor(Math.random() * threads.length);
    const thread = threads[place] ?? { name: `${stamp(index).replace(/[-:]/g, '')}-${randomUUID()}` };
    message(index, thread);
    if (isNew) {
      threads.push(thread);
      threads.sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    const former: Written | undefined = directories;
    directories = pack.add('tree', isNew || former === undefined ? directoriesOf(threads) : replaced(former.bytes, place, thread), former);
    const root = tree([
      ['100644', 'COORDINATION_STATUS.yaml', status],
      ['40000', 'communications', directories],
    ]);
    commit(index, pack.add('tree', root));
    await pack.settled();
  }
  await pack.close();
  await gitLine(repository, 'index-pack', path);
  const tip = (head as Written | undefined)?.id ?? '';
  setRef(repository, 'refs/heads/main', tip);
  return { repository, tip };
}

/** So many characters in words of sixty. */
function anyText(length: number): string {
  return randomBytes(length / 2)
    .toString('hex')
    .replace(/.{59}(?=.)/g, '$& ')
    .slice(0, length);
}

function tree(entries: readonly (readonly [mode: string, name: string, Written])[]): Buffer {
  return Buffer.concat(entries.flatMap(([mode, name, { id }]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]));
}

function directoriesOf(threads: readonly Thread[]): Buffer {
  return tree(threads.map(({ name, tree: own }) => ['40000', name, own as Written]));
}

/** The directory of all threads, with another tree for one of them: names are all of one length. */
function replaced(directories: Buffer, place: number, { name, tree: own }: Thread): Buffer {
  const bytes = Buffer.from(directories);
  bytes.write(own?.id ?? '', (place + 1) * ('40000 '.length + name.length + 1 + ID) - ID, 'hex');
  return bytes;
}

const ID = 20;
