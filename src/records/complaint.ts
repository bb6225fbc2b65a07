/** Why a signing program has not signed: git up to 2.40 keeps it to itself. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporary } from './files.js';

/** The environment variable that names the file into which `vpr-sign` says why it refuses. */
export const COMPLAINT = 'VPR_SIGN_COMPLAINT';

/** What was said: why, and what to do. */
export interface Complaint {
  readonly message: string;
  readonly help: readonly string[];
}

/** Does something with a file for complaints in its environment; hands back what came of it, and what was complained of. */
export function withComplaint<T>(work: (env: Readonly<Record<string, string>>) => T): {
  readonly result: T;
  readonly complaint?: Complaint;
} {
  const directory = makeTemporary('complaint');
  const file = join(directory, 'said');
  try {
    writeFileSync(file, '');
    const result = work({ [COMPLAINT]: file });
    const [first = '', ...more] = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    if (first === '') return { result };
    const help = more.map((line) => line.replace(/^ {2}help: /, ''));
    return { result, complaint: { message: first.replace(/^vpr-sign: /, ''), help } };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
