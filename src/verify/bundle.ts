/** A bundle file (`git bundle create`), unpacked into a repository of our own. */
import { spawn } from 'node:child_process';
import { closeSync, createReadStream, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import { MAIN, type ObjectId } from '../format/push.js';
import { printable } from '../format/text.js';
import { gitEnvironment } from '../git/env.js';
import { temporaryDirectory } from './temporary.js';
import type { Gap } from './types.js';
import { headGap, makeEmptyRepository } from './view.js';

/** What a bundle says before its pack (gitformat-bundle). */
export interface BundleHeader {
  readonly objectFormat: string;
  /** It was made with `--filter`: objects were left out. */
  readonly filtered: boolean;
  /** Commits that whoever reads it must have already. */
  readonly prerequisites: readonly ObjectId[];
  readonly refs: ReadonlyMap<string, ObjectId>;
  /** Where the pack begins, in bytes. */
  readonly packAt: number;
}

/** A bundle as a repository. */
export interface UnpackedBundle {
  readonly directory: string;
  readonly header: BundleHeader;
  readonly main: ObjectId | undefined;
  /** Why not everything of it, or nothing, is there. */
  readonly gaps: readonly Gap[];
  /** Removes it. */
  remove(): void;
}

/** Largest header and largest pack that are read, in bytes. */
const LARGEST_HEADER = 1024 * 1024;
const LARGEST_PACK = 4 * 1024 * 1024 * 1024;
const SIGNATURE = /^# v([23]) git bundle\n/;
const ID = '[0-9a-f]{40}(?:[0-9a-f]{24})?';

/** Whether a path is a file that begins as a bundle does. */
export function isBundleFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  return SIGNATURE.test(firstBytes(path, 16).toString('latin1'));
}

/**
 * Unpacks a bundle for reading, into a private directory. Nothing of it is
 * trusted: git computes every object's id from its content, and our rules judge
 * what git's own fsck would. A pack that is cut off, damaged, or of use only to
 * those who have the rest is a finding, not a failure: there is nothing in the
 * repository then, and `gaps` say why. Throws `bundle/unreadable` where it is no
 * bundle, or git could not be let unpack it.
 */
export async function unpackBundle(path: string): Promise<UnpackedBundle> {
  const header = readHeader(path);
  const { path: directory, remove } = temporaryDirectory('bundle');
  try {
    makeEmptyRepository(directory, header.objectFormat);
    const damage = await indexPack(path, header.packAt, directory);
    const main = header.refs.get(MAIN);
    if (main !== undefined) writeFileSync(join(directory, MAIN), `${main}\n`);
    return { directory, header, main, gaps: [...headerGaps(header), ...(damage === undefined ? [] : [damage])], remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function headerGaps({ filtered, prerequisites, refs }: BundleHeader): Gap[] {
  const gaps: Gap[] = [];
  if (filtered) gaps.push({ code: 'partial', message: 'the bundle was made with a filter, which left objects out' });
  if (prerequisites.length > 0)
    gaps.push({
      code: 'shallow',
      message: `the bundle is for those who have ${prerequisites.slice(0, 3).join(', ')} already (git bundle create FILE main)`,
    });
  const [head, main] = [refs.get('HEAD'), refs.get(MAIN)];
  if (head !== undefined && main !== undefined && head !== main) gaps.push(headGap('the bundle', head));
  return gaps;
}

function readHeader(path: string): BundleHeader {
  const bytes = firstBytes(path, LARGEST_HEADER);
  const end = bytes.indexOf('\n\n');
  const text = bytes.toString('latin1', 0, end < 0 ? 0 : end + 1);
  const [signature, version] = SIGNATURE.exec(text) ?? [];
  if (signature === undefined) throw unreadable(path, 'its header does not read');
  const lines = text.slice(signature.length).split('\n').slice(0, -1);
  const capabilities = lines.filter((line) => line.startsWith('@'));
  const unknown = capabilities.find((line) => version !== '3' || !/^@(?:object-format=(?:sha1|sha256)|filter=.+)$/.test(line));
  if (unknown !== undefined) throw unreadable(path, `it needs ${printable(JSON.stringify(unknown))}, which is not known here`);
  const prerequisites: ObjectId[] = [];
  const refs = new Map<string, ObjectId>();
  for (const line of lines.slice(capabilities.length)) {
    const [, prerequisite] = new RegExp(`^-(${ID})(?: .*)?$`).exec(line) ?? [];
    const [, id, ref] = new RegExp(`^(${ID}) (\\S+)$`).exec(line) ?? [];
    if (prerequisite !== undefined) prerequisites.push(prerequisite);
    else if (id !== undefined && ref !== undefined && !refs.has(ref)) refs.set(ref, id);
    else throw unreadable(path, `its header has a line ${printable(JSON.stringify(line))}`);
  }
  return {
    objectFormat: capabilities.includes('@object-format=sha256') ? 'sha256' : 'sha1',
    filtered: capabilities.some((line) => line.startsWith('@filter=')),
    prerequisites,
    refs,
    packAt: end + 2,
  };
}

/** What git says of a pack that is not whole, in the C locale. Anything else it fails with is about this machine. */
const PACK_FAULT =
  /unresolved delta|early EOF|premature end of pack|inflate (?:returned|inconsistency)|failed to apply delta|pack is corrupted|pack signature mismatch|pack version \d+ unsupported|pack has bad object|unknown object type|delta base/;

/**
 * Lets git store the pack. Large objects are streamed, and nothing is fetched,
 * checked by fsck, or run. What is wrong with the pack, where something is.
 */
function indexPack(path: string, packAt: number, directory: string): Promise<Gap | undefined> {
  return new Promise((resolve, reject) => {
    const options = ['--stdin', '--fix-thin', `--max-input-size=${LARGEST_PACK}`, '--threads=1'];
    const git = spawn('git', [`--git-dir=${directory}`, '-c', 'core.bigFileThreshold=16m', 'index-pack', ...options], {
      env: gitEnvironment(),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let complaint = '';
    git.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 2000) complaint += chunk.toString('utf8').slice(0, 2000);
    });
    git.on('error', (cause) => reject(new VprError('git/missing', `git cannot be run: ${cause.message}`, { cause })));
    git.on('close', (status) => {
      const said = printable(complaint.trim().replaceAll(/\s+/g, ' '), 300);
      if (status === 0) resolve(undefined);
      else if (PACK_FAULT.test(said)) resolve({ code: 'damaged', message: `the bundle cannot be unpacked: ${said}` });
      else reject(unreadable(path, `git cannot unpack it${said === '' ? '' : `: ${said}`}`));
    });
    git.stdin.on('error', () => {}); // it has ended: 'close' says how
    createReadStream(path, { start: packAt })
      .on('error', () => git.kill())
      .pipe(git.stdin);
  });
}

function firstBytes(path: string, most: number): Buffer {
  const bytes = Buffer.alloc(Math.min(most, statSync(path).size));
  const file = openSync(path, 'r');
  try {
    let length = 0;
    while (length < bytes.length) {
      const size = readSync(file, bytes, length, bytes.length - length, length);
      if (size === 0) break;
      length += size;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function unreadable(path: string, why: string): VprError {
  return new VprError('bundle/unreadable', `the bundle ${path} cannot be read: ${why}`, {
    help: ['make it again: git bundle create FILE main'],
  });
}
