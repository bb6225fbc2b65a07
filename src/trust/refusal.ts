/**
 * How the readers of this folder give up inside: they throw a `Refusal`, which
 * `attempt` turns into a fault at the edge. Nothing else is caught, so that a
 * bug stays a crash, and a crash is never "good".
 */
import { type Fault, type Read, read, unread } from '../format/fault.js';

/** Carries a fault from the depth of a reader to `attempt`. Never leaves this folder. */
export class Refusal extends Error {
  readonly fault: Fault;

  constructor(message: string, help?: readonly string[]) {
    super(message);
    this.fault = help === undefined ? { message } : { message, help };
  }
}

/** Gives up with a fault. */
export function refuse(message: string, help?: readonly string[]): never {
  throw new Refusal(message, help);
}

/** Runs a reader; a refusal becomes a failed reading, named `what` where that is given. */
export function attempt<T>(reader: () => T, what?: string): Read<T> {
  try {
    return read(reader());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return unread(what === undefined ? error.fault : { ...error.fault, message: `${what}: ${error.fault.message}` });
  }
}

/** The value of a reading made by another reader, or its first fault as a refusal. */
export function need<T>(reading: Read<T>): T {
  if (reading.ok) return reading.value;
  const fault = reading.faults[0];
  return refuse(fault?.message ?? 'unreadable', fault?.help);
}
