/** What `vpr verify` does between its flags and its output. */
import { statSync } from 'node:fs';
import { VprError } from '../errors.js';
import { parseTypedUuid, type Uuid } from '../format/identifiers.js';
import { instantOf, parseInstant } from '../format/instant.js';
import { journalFile } from '../hosts/journal-read.js';
import { openHost } from '../hosts/plain.js';
import { readSettings } from '../records/settings.js';
import { type HostTrust, loadBundle, openBundle, refusal } from '../records/trust-bundle.js';
import { exportBundle } from '../records/trust-export.js';
import { KNOWN_RULES } from '../validators/rules.js';
import { userCache } from '../verify/cache.js';
import { given } from '../verify/given.js';
import { verifyHost } from '../verify/host.js';
import type { Measure } from '../verify/measure.js';
import { versions } from '../verify/program.js';
import { verifyRecord } from '../verify/record.js';
import { gather, type Report } from '../verify/report.js';
import { jsonReport } from '../verify/report-json.js';
import { openSubject } from '../verify/subject.js';
import { summaryText } from '../verify/summary.js';
import type { Only } from '../verify/types.js';
import { lineWriter, refuseOverwriting, writeReport } from './verify-files.js';
import { FORMATS, type Format, render } from './verify-output.js';
import { startProgress } from './verify-progress.js';

/** The flags as they were typed. */
export interface VerifyInput {
  readonly in?: string | undefined;
  readonly all?: string | undefined;
  readonly range: string | undefined;
  readonly record?: string | undefined;
  readonly trust?: string | undefined;
  readonly 'trust-digest'?: string | undefined;
  readonly journal?: string | undefined;
  readonly expect?: string | undefined;
  readonly at?: string | undefined;
  readonly only?: 'signatures' | undefined;
  readonly report?: readonly string[] | undefined;
  readonly summary?: string | undefined;
  readonly commits?: string | undefined;
  readonly cache: boolean;
  readonly format: Format;
  /** Nothing but the report is wanted. */
  readonly quiet: boolean;
}

/** Verifies what the flags ask for, and writes the files they name. Throws where it can't be done. */
export async function runVerify(input: VerifyInput) {
  const files = (input.report ?? []).map(reportFile);
  refuseOverwriting([bundleIn(input), input.trust, input.journal], [...files.map(({ path }) => path), input.summary, input.commits]);
  const now = new Date();
  const at = input.at === undefined ? now : momentOf(input.at, now);
  const frame = { versions: versions(), only: input.only ?? ('everything' as Only) };
  const commits = input.commits === undefined ? undefined : lineWriter(input.commits);
  const progress = startProgress(input.quiet || input.format !== 'text');
  const measure: Base = {
    ...frame,
    at,
    atGiven: input.at !== undefined,
    now,
    ...given({ expect: expectOf(input.expect), cache: input.cache && commits === undefined ? userCache() : undefined }),
    onCommit(commit) {
      progress.step();
      commits?.write(commit);
    },
  };
  const times = { time: now.toISOString(), at: at.toISOString() };
  const look = input.all === undefined ? lookAtOne(input, measure) : lookAtHost(input.all, input, measure);
  try {
    const report = await look((host, bundled) => gather({ ...frame, ...times, host, bundled }, input.all === undefined));
    commits?.end();
    for (const { format, path } of files) writeReport(path, render(format, report, input.all !== undefined));
    if (input.summary !== undefined) writeReport(input.summary, summaryText(report));
    return { report, printed: input.quiet ? [] : [render(input.format, report, input.all !== undefined)], json: jsonReport(report) };
  } finally {
    progress.end();
  }
}

/** The bundle that is looked at; reports of a clone may well lie in it. */
function bundleIn({ in: path }: VerifyInput): string | undefined {
  return path !== undefined && statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : undefined;
}

type Base = Omit<Measure, 'journal' | 'host'>;
type Begin = (host: HostTrust | undefined, bundled: boolean) => ReturnType<typeof gather>;

/** A clone, a bare repository or a bundle. */
function lookAtOne(input: VerifyInput, measure: Base) {
  return async (begin: Begin): Promise<Report> => {
    const path = input.in ?? '.';
    const opened = await openSubject(path, input.range, idOf(input.record));
    try {
      const bundle = input.trust ?? (opened.directory === undefined ? undefined : readSettings(opened.directory).trust);
      const host = pinned(bundle, input['trust-digest']);
      const into = begin(host, true);
      const { journal } = input;
      const held: Measure = {
        ...measure,
        ...given({ host, journal: journal === undefined ? undefined : (id: Uuid) => journalFile(journal, id) }),
      };
      const report = await verifyRecord(opened.subject, held);
      into.add({ ...report, notes: [...report.notes, ...ownWord(input, opened.directory)], where: path });
      return into.report();
    } finally {
      opened.remove();
    }
  };
}

/** Whoever made a clone chose the bundle that its configuration names: a look by that alone is by their word. */
function ownWord({ trust, 'trust-digest': digest }: VerifyInput, directory: string | undefined): string[] {
  if (trust !== undefined || digest !== undefined || directory === undefined) return [];
  const named = readSettings(directory);
  return named.trust === undefined || !named.trustIsClones
    ? []
    : [`whether the trust bundle is the host's: it is the one that the clone's own configuration names (--trust, or --trust-digest)`];
}

/** Every record of a host, by its own policy and trust unless a bundle is given. */
function lookAtHost(directory: string, input: VerifyInput, measure: Base) {
  return async (begin: Begin): Promise<Report> => {
    if (input.range !== undefined) throw new VprError('verify/range', 'a range is of one record, and --all means every one');
    const paths = openHost(directory);
    const host = pinned(input.trust, input['trust-digest']) ?? ownTrust(paths.root);
    const into = begin(host, input.trust !== undefined);
    await verifyHost(paths, { ...measure, host }, into);
    return into.report();
  };
}

function ownTrust(root: string): HostTrust {
  const opened = openBundle(exportBundle(root, KNOWN_RULES), KNOWN_RULES);
  if (opened.ok) return opened.value;
  throw refusal(root, opened.faults);
}

function pinned(path: string | undefined, digest: string | undefined): HostTrust | undefined {
  if (path !== undefined) return loadPinned(path, digest);
  if (digest !== undefined) throw new VprError('trust/none', '--trust-digest needs a trust bundle: --trust FILE');
  return undefined;
}

function reportFile(text: string): { readonly format: Format; readonly path: string } {
  const [, name, path] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
  const format = FORMATS.find((one) => one === name);
  if (format !== undefined && path !== undefined) return { format, path };
  throw new VprError('verify/report', `--report ${text} is not FORMAT=FILE`, { help: [`formats: ${FORMATS.join(', ')}`] });
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
  const id = text === undefined ? undefined : parseTypedUuid(text);
  if (text === undefined || id !== undefined) return id;
  throw new VprError('verify/record', `--record: ${JSON.stringify(text)} is no UUID`, {
    help: ['the id that the host registered: vpr host list DIR'],
  });
}
