/** What machines read of a look: well-formed, escaped, and without anything that a record says. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { render } from '../../src/cli/verify-output.js';
import type { Report } from '../../src/verify/report.js';
import { summaryText } from '../../src/verify/summary.js';
import { vpr, vprJson } from '../commands/support.js';
import { writeObjects } from '../e2e/support.js';
import { run } from '../records/support.js';
import { makePeople } from '../support/people.js';
import { RECORD_ID } from '../support/texts.js';
import { needsProgram } from '../trust/support/shared.js';
import { pushedRecord, verify } from './support.js';
import { githubFaults, junitFaults, sarifFaults } from './support-reports.js';
import { parseXml, type XmlElement } from './support-xml.js';

const people = await makePeople();
const { directory, client, trust, tips, record } = await pushedRecord(t, people, (record) => record.append());
const SECRET = /Jane|Smith|Tom Patel|John Doe|example\.org|X-ray|Oxford|Seen, thank/;

/** A bad commit on top, in a repository of its own, with a name that every format has to be told carefully. */
const HOSTILE = 'communications/%0A::error::,:<&"\'\u001b[31m]]>-->.md';
const LINES = 'communications/a\n::error title=x::y';
record.commit({
  files: { [HOSTILE]: 'x\n', [LINES]: 'x\n', 'notes.txt': 'Dr Jane Smith has seen John Doe.\n' },
  subject: 'no such subject',
});
const { objects, updates } = record.made();
writeObjects(client, objects);
const bad = updates[0]?.new ?? '';
const [first = ''] = tips;
const look = (range?: string) => verify({ in: client, trust, range, record: RECORD_ID });

const good = await look();
const poor = await look(bad);

t.test('exit codes and streams of the command itself', async (t) => {
  const at = ['--in', client, '--trust', trust, '--no-cache'];
  t.match(vpr(directory, ['verify', ...at]), { status: 0, stdout: /^3 commits verified/, stderr: '' });
  t.match(vpr(directory, ['verify', bad, ...at]), { status: 1, stdout: /^refused: \d+ problems/, stderr: '' });
  t.match(vpr(directory, ['verify', '--in', client]), { status: 1 });
  t.match(vpr(directory, ['verify', '--in', join(directory, 'none')]), { status: 2, stdout: '' });
  t.match(vpr(directory, ['verify', '--format', 'xml', ...at]), { status: 2 });
  for (const json of [['--json'], ['--format', 'json'], ['--format=json']]) {
    t.match(JSON.parse(vpr(directory, ['verify', ...json, ...at]).stdout), { format: 'vpr-verification/1', good: true });
  }
  t.match(vprJson(directory, ['verify', '--in', join(directory, 'none')]), { status: 2, value: { error: { code: 'clone/none' } } });
  const [sarif, junit, summary] = ['a.sarif', 'a.xml', 'a.md'].map((name) => join(directory, name));
  const ran = vpr(directory, [
    'verify',
    bad,
    ...at,
    '--format',
    'github',
    '--report',
    `sarif=${sarif}`,
    '--report',
    `junit=${junit}`,
    '--summary',
    summary ?? '',
  ]);
  t.match(ran, { status: 1, stdout: /^::error / });
  t.equal(JSON.parse(readFileSync(sarif ?? '', 'utf8')).version, '2.1.0');
  t.match(readFileSync(junit ?? '', 'utf8'), /^<\?xml/);
  t.match(readFileSync(summary ?? '', 'utf8'), /^# Verification: NOT GOOD/);
  t.match(vpr(directory, ['verify', ...at, '--report', 'nonsense']), { status: 2, stderr: /verify\/report/ });
  t.match(vpr(directory, ['verify', ...at, '--summary', join(directory, 'none', 'x')]), { status: 2, stderr: /file\/unwritable/ });
});

t.test('nothing that is read is written over, and no report over another', async (t) => {
  const at = ['verify', '--in', client, '--trust', trust, '--no-cache'];
  const before = readFileSync(trust, 'utf8');
  const twice = { status: 2, stderr: /verify\/report: .* is named twice/, stdout: '' };
  const there = join(directory, 'twice');
  t.match(vpr(directory, [...at, '--summary', trust]), twice);
  t.match(vpr(directory, [...at, '--report', `junit=${there}`, '--report', `sarif=${there}`]), twice);
  t.match(vpr(directory, [...at, '--commits', 'twice', '--summary', there]), twice, 'however it is written');
  t.notOk(existsSync(there));
  const [link, bundle, journal] = ['link', 'a.bundle', 'journal'].map((name) => join(directory, name)) as [string, string, string];
  symlinkSync(trust, link);
  t.match(vpr(directory, [...at, '--report', `json=${link}`]), twice, 'by whatever path');
  run(client, 'git', 'bundle', 'create', '--quiet', bundle, 'main');
  for (const flag of ['--summary', '--commits']) t.match(vpr(directory, ['verify', '--in', bundle, '--trust', trust, flag, bundle]), twice);
  t.match(readFileSync(bundle, 'latin1'), /^# v2 git bundle/);
  mkdirSync(journal);
  const within = { status: 2, stderr: /verify\/report: .* would be among what is read/ };
  t.match(vpr(directory, [...at, '--journal', journal, '--summary', join(journal, 'aa')]), within, "the host's journal");
  t.same(readdirSync(journal), []);
  t.equal(readFileSync(trust, 'utf8'), before);
});

t.test('a bundle is unpacked where there is room for it, or it is said where that should have been', async (t) => {
  const bundle = join(directory, 'record.bundle');
  spawnSync('git', ['-C', client, 'bundle', 'create', bundle, 'main']);
  const none = join(directory, 'no-such-place');
  const { status, stderr } = vpr(directory, ['verify', '--in', bundle, '--trust', trust], '', { TMPDIR: none });
  t.equal(status, 2);
  t.match(stderr, `file/temporary: no temporary directory can be made in ${none}: ENOENT`);
  t.match(stderr, /help: the environment variable TMPDIR/);
});

t.test(
  'what cannot be printed was not said: exit code 2, and one line why',
  { skip: !existsSync('/dev/full') && 'no /dev/full here' },
  (t) => {
    const full = openSync('/dev/full', 'w');
    t.teardown(() => closeSync(full));
    for (const range of [[], [bad]]) {
      const { status, stderr } = spawnSync(
        process.execPath,
        [resolve('bin/vpr.js'), 'verify', ...range, '--in', client, '--trust', trust, '--no-cache'],
        { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
      );
      t.match({ status, stderr }, { status: 2, stderr: /^error output\/unwritable: the output cannot be written: \S+\n$/ });
    }
    t.end();
  },
);

t.test('no format carries what the record says, or a name', async (t) => {
  for (const { report } of [good, poor]) {
    for (const format of ['json', 'sarif', 'junit', 'github'] as const) t.notMatch(render(format, report, false), SECRET, format);
    t.notMatch(summaryText(report), SECRET, 'summary');
  }
  t.match(poor.text, /notes\.txt/, 'the problem is there');
  t.notMatch(poor.text, '\u001b', 'and a terminal is safe');
});

t.test('SARIF is as its schema has it, and an answer to it is as code scanning wants it', async (t) => {
  for (const { report } of [good, poor]) t.strictSame(sarifFaults(JSON.parse(render('sarif', report, false))), []);
  const log = JSON.parse(render('sarif', poor.report, false));
  log.runs[0].results[0].level = 'fatal';
  log.runs[0].results[1].locations[0].physicalLocation.artifactLocation.uri = 'a b';
  log.runs[0].patient = 'Jane';
  t.equal(sarifFaults(log).length, 3, 'what is not is noticed');

  for (const { report } of [good, poor]) {
    const log = JSON.parse(render('sarif', report, false));
    t.equal(log.version, '2.1.0');
    t.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
    const [run] = log.runs;
    t.match(run.tool.driver, { name: 'vpr', version: /^\d/ });
    t.equal(typeof run.invocations[0].executionSuccessful, 'boolean');
    const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
    t.equal(new Set(ids).size, ids.length);
    t.equal(run.results.length === 0, report.good);
    for (const result of run.results) {
      t.ok(['none', 'note', 'warning', 'error'].includes(result.level));
      t.equal(typeof result.message.text, 'string');
      t.equal(ids[result.ruleIndex], result.ruleId);
      for (const { physicalLocation } of result.locations) {
        const { uri } = physicalLocation.artifactLocation;
        t.match(uri, /^[A-Za-z0-9._~!$&'()*+,;=@%/-]+$/, 'a URI reference');
        if (physicalLocation.region !== undefined) t.ok(physicalLocation.region.startLine >= 1);
      }
    }
  }
  const uris = JSON.parse(render('sarif', poor.report, false)).runs[0].results.map(
    (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
      result.locations[0]?.physicalLocation.artifactLocation.uri ?? '',
  );
  t.ok(uris.map(decodeURIComponent).includes(HOSTILE));
});

t.test('JUnit is XML, whatever paths are called, and its counts are right', async (t) => {
  for (const { report } of [good, poor]) {
    const text = render('junit', report, false);
    t.notMatch(text, /^\s*::/m, 'no line that a runner would obey');
    t.notMatch(text, /[^\t\n\x20-\x7e\u{a0}-\u{ffff}]/u, 'no control characters');
    const root = parseXml(text);
    t.equal(root.name, 'testsuites');
    const suites = root.children;
    const cases = suites.flatMap(({ children }: XmlElement) => children);
    const failed = cases.filter(({ children }: XmlElement) => children.some(({ name }) => name === 'failure'));
    t.equal(Number(root.attributes['tests']), cases.length);
    t.equal(Number(root.attributes['failures']), failed.length);
    t.equal(failed.length === 0, report.good);
    t.equal(suites[0]?.attributes['name'], RECORD_ID);
    for (const suite of suites) t.equal(Number(suite.attributes['tests']), suite.children.length);
  }
  t.match(render('junit', poor.report, false), `name="tree/layout"`);
});

t.test('JUnit is as its schema has it', needsProgram('xmllint', 'libxml2-utils'), async (t) => {
  for (const { report } of [good, poor]) t.equal(junitFaults(render('junit', report, false)), '');
  t.match(junitFaults('<testsuites><testcase/></testsuites>'), /not expected/, 'what is not is noticed');
});

t.test("GitHub's commands are escaped as its toolkit does", async (t) => {
  const lines = render('github', poor.report, false).split('\n');
  t.strictSame(githubFaults(lines.join('\n')), []);
  for (const bad of [
    'error: x',
    '::error file=a,file=b::x',
    '::error line=0::x',
    '::error file=a:b::x',
    '::error file=%41::x',
    '::error who=a::x',
  ])
    t.strictSame(githubFaults(bad), [bad], 'what is not is noticed');
  const hostile = lines.find((line) => line.includes('title=tree/layout') && line.includes('%250A'));
  t.match(hostile, /file=communications\/%250A%3A%3Aerror%3A%3A%2C%3A<&"'/);
  t.notMatch(lines.join('\n'), /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, 'nothing that a terminal obeys');
  t.match(lines.at(-1), /^::notice title=vpr verify::\d+ commits of 1 record judged by vpr .*: not good$/);
  t.equal(render('github', good.report, false).split('\n').length, 1);
});

t.test('the summary says what a file must', async (t) => {
  const text = summaryText(poor.report);
  const { certificate } = people.people.jane;
  for (const words of [
    RECORD_ID,
    bad,
    certificate.fingerprint,
    'GMC 1234567',
    certificate.notAfter.toISOString(),
    'tree/layout',
    poor.report.digests.trustBundle ?? 'x',
    poor.report.versions.program,
  ])
    t.ok(text.includes(words), words);
  t.match(summaryText(good.report), /^# Verification: all of it was checked, and all of it is good\n/);
  t.match(text, /not checked: when commits were received/);
  for (const line of text.split('\n').filter((one) => one.startsWith('|'))) t.notMatch(line, /(?<!\\)[<>&]/);
});

t.test('a flood of problems is cut, and counted', async (t) => {
  const { records } = poor.report;
  const [one] = records;
  if (one?.history === undefined) throw new Error('no record');
  const verdict = { ...one.history.verdict, suppressed: { 'tree/layout': 1_000_000 } };
  const report: Report = { ...poor.report, records: [{ ...one, history: { ...one.history, verdict } }] };
  t.match(render('github', report, false), '(1000000 more)');
  t.match(render('junit', report, false), 'and 1000000 more');
  t.match(summaryText(report), 'and 1000000 more of tree/layout');
  t.ok(first !== '');
});
