/**
 * What an authority remembers, as plain files in its directory: each
 * certificate it issued (`issued/<serial>.crt`), and `register.json` with the
 * revocations and the number of the last revocation list. An authority that
 * forgot a revocation would say so to the world in its next list, so that a
 * register that is missing or damaged stops everything.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VprError } from '../errors.js';
import { type Certificate, readCertificate } from '../trust/index.js';
import { readFile, readIfThere, writeAtomic, writeNew } from './files.js';

/** Reasons of RFC 5280 §5.3.1 that a certificate can have here: a reason is always given, and nothing is on hold. */
export const REASONS = [
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;
export type Reason = (typeof REASONS)[number];

/** Whether the key may be in other hands. */
export function isCompromise(reason: Reason): boolean {
  return reason === 'keyCompromise' || reason === 'cACompromise';
}

/** One certificate that counts no more. Times are ISO 8601, UTC, whole seconds. */
export interface Revocation {
  /** Content octets of the serial number, in lowercase hex. */
  readonly serial: string;
  readonly revokedAt: string;
  readonly reason: Reason;
  /** From when on the key may have been in other hands. */
  readonly invalidSince?: string;
}

/** `register.json`. */
export interface Register {
  /** The number of the last revocation list; 0 before the first. */
  readonly crlNumber: number;
  readonly revoked: readonly Revocation[];
}

/** Where an authority's register lies. */
export function registerPaths(directory: string): { register: string; issued: string; lock: string } {
  return { register: join(directory, 'register.json'), issued: join(directory, 'issued'), lock: join(directory, 'register.lock') };
}

/** The register of an authority that has done nothing yet, as its file has it. */
export function startRegister(): string {
  return render({ crlNumber: 0, revoked: [] });
}

/** Reads the register. Throws `cert/register`, `file/…`. */
export function readRegister(directory: string): Register {
  const { register } = registerPaths(directory);
  const bytes = readIfThere(register);
  let value: unknown;
  try {
    value = bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (isRegister(value)) return value;
  throw new VprError('cert/register', `${register} is ${bytes === undefined ? 'missing' : 'damaged'}: what was revoked is not known`, {
    help: [
      'bring it back from a copy; without it, make a new authority: a list that forgot a revocation would make a bad certificate good',
    ],
  });
}

/** Changes the register, one change at a time. Throws `cert/register-busy` and as `readRegister`. */
export function changeRegister(directory: string, change: (former: Register) => Register): Register {
  const { register, lock } = registerPaths(directory);
  try {
    writeNew(lock, `${process.pid}\n`, 0o600);
  } catch (error) {
    throw error instanceof VprError && error.code === 'file/exists' ? busy(lock) : error;
  }
  try {
    const next = change(readRegister(directory));
    writeAtomic(register, render(next));
    return next;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Keeps a copy of a certificate before it is handed out. */
export function recordIssued(directory: string, serial: string, pem: string): void {
  writeNew(join(registerPaths(directory).issued, `${serial}.crt`), pem);
}

/** Every certificate this authority issued, as it remembers them. Throws where one does not read. */
export function issuedBy(directory: string): readonly Certificate[] {
  const { issued } = registerPaths(directory);
  if (!existsSync(issued)) return [];
  const names = readdirSync(issued).filter((name) => /^[0-9a-f]+\.crt$/.test(name));
  return names.sort().map((name) => {
    const certificate = readCertificate(readFile(join(issued, name), 'an issued certificate'));
    if (certificate.ok) return certificate.value;
    throw new VprError('cert/register', `${join(issued, name)}: ${certificate.faults[0]?.message ?? 'unreadable'}`);
  });
}

function busy(lock: string): VprError {
  return new VprError('cert/register-busy', `another command is changing this authority's register`, {
    help: [`wait for it; where none is running any more: rm ${lock}`],
  });
}

function render(register: Register): string {
  return `${JSON.stringify(register, undefined, 2)}\n`;
}

function isRegister(value: unknown): value is Register {
  const { crlNumber, revoked } = (value ?? {}) as { crlNumber?: unknown; revoked?: unknown };
  return Number.isSafeInteger(crlNumber) && (crlNumber as number) >= 0 && Array.isArray(revoked) && revoked.every(isRevocation);
}

function isRevocation(value: unknown): value is Revocation {
  const { serial, revokedAt, reason, invalidSince } = (value ?? {}) as Record<string, unknown>;
  const isTime = (text: unknown) => typeof text === 'string' && !Number.isNaN(Date.parse(text));
  return (
    typeof serial === 'string' &&
    /^[0-9a-f]+$/.test(serial) &&
    isTime(revokedAt) &&
    REASONS.some((known) => known === reason) &&
    (invalidSince === undefined || isTime(invalidSince))
  );
}
