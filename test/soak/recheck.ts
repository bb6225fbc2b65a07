/**
 * A second opinion on what was accepted: short, written apart from the code
 * under test, and by other means (regular expressions, @noble/curves).
 */
import { p256 } from '@noble/curves/nist.js';
import type { GitObject, ObjectId } from '../../src/format/push.js';
import type { People } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';

export type Find = (id: ObjectId) => GitObject | undefined;

const PATH = /^(?:COORDINATION_STATUS\.yaml|\.gitignore|communications\/\d{8}T\d{6}\.\d{3}Z-[0-9a-f-]{36}\/(?:thread\.md|ledger\.yaml))$/;

/** What is wrong with the commits between two ids, in words; nothing where all is well. */
export function* recheck(find: Find, { people }: People, old: ObjectId | undefined, tip: ObjectId): Generator<string> {
  let steps = 0;
  for (let id = tip; id !== old; steps += 1) {
    const bytes = Buffer.from(find(id)?.bytes ?? []);
    const [head = ''] = bytes.toString('latin1').split('\n\n');
    const parents = [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)].map(([, parent]) => parent ?? '');
    if (parents.length > 1) yield `${id} has ${parents.length} parents`;
    const [parent] = parents;
    yield* unsigned(bytes, Object.values(people)).map((what) => `${id} ${what}`);
    const before = parent === undefined ? new Map<string, string>() : filesOf(find, parent);
    yield* changes(before, filesOf(find, id)).map((what) => `${id} ${what}`);
    if (parent === undefined) return;
    if (steps > 1000) yield 'the history has no end';
    id = parent;
  }
}

/** Whether the signature is by the key of one of the people, whom the commit names. */
function unsigned(bytes: Buffer, people: readonly People['people'][keyof People['people']][]): string[] {
  const text = bytes.toString('latin1');
  const header = /\ngpgsig ((?:.*\n )*.*)/.exec(text);
  if (header === null) return ['has no signature'];
  const payload = Buffer.from(text.replace(header[0], ''), 'latin1');
  const der = Buffer.from((header[1] ?? '').replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const ecdsa = signatureValue(der);
  const signer = people.find(
    ({ certificate: { point } }) => point !== undefined && p256.verify(ecdsa, payload, point, { format: 'der', lowS: true }),
  );
  if (signer === undefined) return ['is signed by nobody who is known'];
  const named = /\nAuthor-Name: (.*)\n/.exec(payload.toString('utf8'))?.[1];
  return named === signer.name ? [] : [`is signed by ${signer.name} and names ${named}`];
}

/** The last thing in a SignedData is an OCTET STRING with a SEQUENCE of two integers in it. */
function signatureValue(der: Buffer): Buffer {
  for (let length = 66; length <= 72; length += 1) {
    const at = der.length - length - 4;
    if (der.subarray(at, at + 4).equals(Buffer.from([0x04, length + 2, 0x30, length]))) return der.subarray(at + 2);
  }
  return Buffer.alloc(0);
}

/** Path → content (latin1), with the mode before it. */
function filesOf(find: Find, commit: ObjectId): Map<string, string> {
  const root = /^tree ([0-9a-f]{40})$/m.exec(Buffer.from(find(commit)?.bytes ?? []).toString('latin1'))?.[1] ?? '';
  const files = new Map<string, string>();
  const walk = (tree: ObjectId, above: string): void => {
    const bytes = Buffer.from(find(tree)?.bytes ?? []);
    for (let at = 0; at < bytes.length; ) {
      const nul = bytes.indexOf(0, at);
      const [mode, ...words] = bytes.toString('latin1', at, nul).split(' ');
      const path = `${above}${words.join(' ')}`;
      const id = bytes.toString('hex', nul + 1, nul + 21);
      at = nul + 21;
      if (mode === '40000') walk(id, `${path}/`);
      else files.set(path, `${mode} ${Buffer.from(find(id)?.bytes ?? []).toString('latin1')}`);
    }
  };
  walk(root, '');
  return files;
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const wrong: string[] = [];
  const touched = new Set<string>();
  for (const path of before.keys()) if (!after.has(path)) wrong.push(`removes ${path}`);
  for (const [path, content] of after) {
    const former = before.get(path);
    if (former === content) continue;
    touched.add(path);
    if (!PATH.test(path)) wrong.push(`has a path ${path}`);
    if (!content.startsWith('100644 ')) wrong.push(`has a mode in ${path}`);
    if (former !== undefined && path.endsWith('thread.md') && !content.startsWith(former)) wrong.push(`rewrites ${path}`);
    if (
      path.endsWith('thread.md') &&
      !/\n## Message\n\n\*\*ID:\*\* `[0-9a-f-]{32,36}`/.test(content.slice(former?.length ?? 0)) &&
      former !== undefined
    )
      wrong.push(`adds no message to ${path}`);
    if (path.endsWith('ledger.yaml') && former !== undefined && !(moment(former) < moment(content)))
      wrong.push(`leaves the time of ${path}`);
    if (path === 'COORDINATION_STATUS.yaml' && !content.includes(RECORD_ID)) wrong.push('is of another record');
  }
  if (touched.size === 0) wrong.push('changes nothing');
  return wrong;
}

function moment(ledger: string): number {
  return Date.parse(/^last_updated_at: ["']?([^\s"']+)/m.exec(ledger)?.[1] ?? '');
}
