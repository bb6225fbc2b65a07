/** What `vpr verify` does between its flags and its output. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { VprError } from '../errors.js';
import { parseUuid, type Uuid } from '../format/identifiers.js';
import { instantOf, parseInstant } from '../format/instant.js';
import { journalFile } from '../hosts/journal-read.js';
import { readSettings } from '../records/settings.js';
import { type HostTrust, loadBundle } from '../records/trust-bundle.js';
import { KNOWN_RULES } from '../validators/rules.js';
import { userCache } from '../verify/cache.js';
import type { Measure } from '../verify/measure.js';
import { versions } from '../verify/program.js';
import { verifyRecord } from '../verify/record.js';
import { gather, type Report } from '../verify/report.js';
import { jsonReport } from '../verify/report-json.js';
import { openSubject } from '../verify/subject.js';
import type { CommitReport, Only } from '../verify/types.js';
import { type Format, render } from './verify-output.js';

export const verifyFlags = {
  in: Flags.string({
    char: 'C',
    helpValue: 'PATH',
    default: '.',
    description: 'the clone, bare repository or bundle file, instead of the current directory',
  }),
  record: Flags.string({ helpValue: 'ID', description: 'the id that the record is registered with on its host' }),
  trust: Flags.string({ helpValue: 'FILE', description: "the host's trust bundle, instead of the one vpr setup left" }),
  'trust-digest': Flags.string({
    helpValue: 'HEX',
    description: 'the digest that the trust bundle must have (vpr trust export prints it)',
  }),
  journal: Flags.string({ helpValue: 'PATH', description: "the host's journal: its directory, or the record's file in it" }),
  expect: Flags.string({ helpValue: 'COMMIT', description: 'the full id of a commit that must be in the history' }),
  at: Flags.string({ helpValue: 'TIME', description: 'judge as of then, not of now: RFC 3339, for example 2026-01-31T12:00:00Z' }),
  only: Flags.option({ options: ['signatures'] as const, description: 'ask only who signed what, not what is in the trees' })(),
  commits: Flags.string({ helpValue: 'FILE', description: 'write one line of JSON for each commit into a file' }),
  cache: Flags.boolean({
    default: true,
    allowNo: true,
    description: 'go by what earlier runs have verified; --no-cache reads everything again',
  }),
};

/** The flags as they were typed. */
export interface VerifyInput {
  readonly in: string;
  readonly range: string | undefined;
  readonly record: string | undefined;
  readonly trust: string | undefined;
  readonly 'trust-digest': string | undefined;
  readonly journal: string | undefined;
  readonly expect: string | undefined;
  readonly at: string | undefined;
  readonly only: 'signatures' | undefined;
  readonly commits: string | undefined;
  readonly cache: boolean;
  readonly format: Format;
  /** Nothing but the report is wanted. */
  readonly quiet: boolean;
}

/** Verifies what the flags ask for. Throws where it can't be done. */
export async function runVerify(input: VerifyInput) {
  const now = new Date();
  const at = input.at === undefined ? now : momentOf(input.at, now);
  const record = idOf(input.record);
  const expect = expectOf(input.expect);
  const opened = await openSubject(input.in, input.range, record);
  const commits = input.commits === undefined ? undefined : lineWriter(input.commits);
  try {
    const bundle = input.trust ?? (opened.directory === undefined ? undefined : readSettings(opened.directory).trust);
    const host = bundle === undefined ? undefined : loadPinned(bundle, input['trust-digest']);
    if (host === undefined && input['trust-digest'] !== undefined)
      throw new VprError('trust/none', '--trust-digest needs a trust bundle: --trust FILE');
    const frame = versions();
    const only: Only = input.only ?? 'everything';
    const measure: Measure = {
      ...(host === undefined ? {} : { host }),
      ...(input.journal === undefined ? {} : { journal: (id) => journalFile(input.journal ?? '', id) }),
      at,
      atGiven: input.at !== undefined,
      now,
      only,
      ...(expect === undefined ? {} : { expect }),
      versions: frame,
      ...(input.cache && commits === undefined ? { cache: userCache() } : {}),
      onCommit: (commit) => commits?.write(commit),
    };
    const gathered = gather({ time: now.toISOString(), at: at.toISOString(), versions: frame, only, host, bundled: true }, true);
    gathered.add({ ...(await verifyRecord(opened.subject, measure)), where: input.in });
    const report: Report = gathered.report();
    commits?.end();
    return { report, printed: input.quiet ? [] : [render(input.format, report, false)], json: jsonReport(report) };
  } finally {
    opened.remove();
  }
}

function loadPinned(path: string, digest: string | undefined): HostTrust {
  const host = loadBundle(path, KNOWN_RULES);
  if (digest === undefined || digest.toLowerCase() === host.digest) return host;
  throw new VprError('trust/digest', `the trust bundle's digest is ${host.digest}, not the one that --trust-digest asks for`, {
    help: ['ask the host for its bundle again, and for its digest by another way'],
  });
}

function momentOf(text: string, now: Date): Date {
  const instant = parseInstant(text);
  if (instant === undefined)
    throw new VprError('verify/at', '--at is no RFC 3339 time', { help: ['for example --at 2026-01-31T12:00:00Z'] });
  if (instant > instantOf(now)) throw new VprError('verify/at', '--at is in the future: what will be then cannot be known');
  return new Date(Number(instant / 1_000_000n));
}

function expectOf(text: string | undefined): string | undefined {
  if (text === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text;
  throw new VprError('verify/expect', '--expect is no full commit id: 40 (or 64) lowercase hex digits', {
    help: ['git rev-parse COMMIT prints it'],
  });
}

function idOf(text: string | undefined): Uuid | undefined {
  const id = text === undefined ? undefined : parseUuid(text);
  if (text === undefined || id !== undefined) return id;
  throw new VprError('verify/record', '--record is no UUID in lowercase');
}

/** Writes commits as lines of JSON, while they come. */
function lineWriter(path: string) {
  const file = attempt(path, () => openSync(path, 'w'));
  let lines = '';
  const flush = () => {
    attempt(path, () => writeFileSync(file, lines));
    lines = '';
  };
  return {
    write(commit: CommitReport): void {
      lines += `${JSON.stringify(commit)}\n`;
      if (lines.length > PIECE) flush();
    },
    end(): void {
      flush();
      closeSync(file);
    },
  };
}

/** So many characters are written at a time. */
const PIECE = 64 * 1024;

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new VprError('file/unwritable', `${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
