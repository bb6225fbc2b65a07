import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { DEFAULT_POLICY, readPolicy } from '../../src/format/policy.js';
import { bytes, faultsOf, valueOf } from './format-page.js';

const RULES = new Map([
  ['commit/time', { fixed: false }],
  ['thread/time', { fixed: false }],
  ['commit/headers', { fixed: true }],
]);
const of = (text: string) => readPolicy(bytes(text), RULES);

const FULL = `version: 1
organisations: [Example NHS Trust, "Ward: 3"]
roots:
  - file: trust/gmc.crt # the council
    authorities:
      - { name: GMC, class: clinician }
      - { name: NHS.UK, class: patient }
intermediates: [trust/x.crt]
certificates:
  - file: trust/jane.crt
    authorities: [{ name: GMC, class: clinician }]
    participant_id: 4f8c2a1d9e3b4a7c8f1e6b0d2c5a9f12
  - file: trust/bot.crt
crls: [trust/gmc.crl]
revocation: require
skew: 90s
limits: { yaml_bytes: 512 KiB, thread_bytes: 64MiB, commits_per_push: 10, files_per_commit: 20, path_depth: 4, commit_bytes: 100 B, tree_bytes: 1 MiB, seconds: 5 }
rules: { commit/time: warn, thread/time: off }
resident_minutes: 0
patients_may_open_threads: true
system_may_record: true
`;

t.test('nothing but a version: the defaults', async (t) => {
  t.same(valueOf(of('version: 1\n')), DEFAULT_POLICY);
  t.match(DEFAULT_POLICY, {
    skewMs: 300_000,
    limits: { yamlBytes: 262_144, threadBytes: 33_554_432, commitBytes: 65_536, treeBytes: 4_194_304 },
    patientsMayOpenThreads: false,
    systemMayRecord: false,
  });
});

t.test('the policy that a new host starts from says just the defaults', async (t) => {
  t.same(valueOf(readPolicy(readFileSync('templates/host/vpr.yaml'), RULES)), DEFAULT_POLICY);
});

t.test('everything said, in units of the machine', async (t) => {
  t.same(valueOf(of(FULL)), {
    version: 1,
    organisations: ['Example NHS Trust', 'Ward: 3'],
    roots: [
      {
        file: 'trust/gmc.crt',
        authorities: [
          { name: 'GMC', class: 'clinician' },
          { name: 'NHS.UK', class: 'patient' },
        ],
      },
    ],
    intermediates: ['trust/x.crt'],
    certificates: [
      { file: 'trust/jane.crt', authorities: [{ name: 'GMC', class: 'clinician' }], participantId: '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12' },
      { file: 'trust/bot.crt' },
    ],
    crls: ['trust/gmc.crl'],
    revocation: 'require',
    skewMs: 90_000,
    limits: {
      yamlBytes: 524_288,
      threadBytes: 67_108_864,
      commitsPerPush: 10,
      filesPerCommit: 20,
      pathDepth: 4,
      commitBytes: 100,
      treeBytes: 1_048_576,
      seconds: 5,
    },
    rules: { 'commit/time': 'warn', 'thread/time': 'off' },
    residentMinutes: 0,
    patientsMayOpenThreads: true,
    systemMayRecord: true,
  });
});

t.test('who lists revocation lists is warned where they say nothing; who lists none is not', async (t) => {
  const mode = (text: string) => valueOf(of(`version: 1\n${text}`)).revocation;
  t.equal(mode(''), 'off');
  t.equal(mode('crls: []'), 'off');
  t.equal(mode('crls: [a.crl]'), 'warn');
  t.equal(mode('crls: [a.crl]\nrevocation: off'), 'off');
  t.equal(mode('revocation: require'), 'require');
  t.equal(mode('revocation: warn'), 'warn');
});

const REFUSED: readonly [text: string, message: string, line: number][] = [
  ['skew: 5m', 'version is missing', 1],
  ['version: 2', 'version: "2" is not 1', 1],
  ['version: "1"', 'version: "1" is not a whole number without quotes', 1],
  ['version: 1\nskw: 5m', 'skw is not a known key; did you mean skew?', 2],
  ['version: 1\nread:\n  verify: always', 'read stands in projections.yaml, beside this file (docs/projections.md)', 2],
  ['version: 1\ndatabase: postgres://db/vpr', 'database stands in projections.yaml, beside this file (docs/projections.md)', 2],
  ['version: 1\nskew: 5', 'skew: "5" is not a duration such as 30s, 5m or 1h', 2],
  ['version: 1\nskew: 5 minutes', 'skew: "5 minutes" is not a duration such as 30s, 5m or 1h', 2],
  ['version: 1\nskew: 25h', 'skew: "25h" is more than 24h', 2],
  ['version: 1\nlimits:\n  yaml_bytes: 256 KB', 'limits.yaml_bytes: "256 KB" is not a size such as 256 KiB or 32 MiB', 3],
  ['version: 1\nlimits:\n  yaml_bytes: 2 MiB', 'limits.yaml_bytes: "2 MiB" is more than the 1048576 bytes that can be read', 3],
  ['version: 1\nlimits:\n  commits_per_push: 0', 'limits.commits_per_push: "0" is less than 1', 3],
  ['version: 1\nlimits:\n  commits_per_push: many', 'limits.commits_per_push: "many" is not a whole number', 3],
  ['version: 1\nlimits:\n  second: 3', 'limits.second is not a known key; did you mean seconds?', 3],
  ['version: 1\nrules: { commit/tine: warn }', 'rules: there is no rule "commit/tine"; did you mean commit/time?', 2],
  ['version: 1\nrules:\n  commit/time: warning', 'rules.commit/time: "warning" is not one of error, warn, off', 3],
  [
    'version: 1\nrules:\n  commit/headers: warn',
    'rules: commit/headers is always an error, since other rules build on it: leave it out',
    3,
  ],
  ['version: 1\nrules:\n  __proto__: off', 'rules: there is no rule "__proto__"', 3],
  ['version: 1\npatients_may_open_threads: yes', 'patients_may_open_threads: "yes" is not true or false', 2],
  ['version: 1\nroots:\n  - file: a.crt', 'roots[0].authorities is missing', 3],
  ['version: 1\nroots:\n  - file: a.crt\n    authorities: []', 'roots[0].authorities: has fewer entries than 1', 4],
  [
    'version: 1\nroots: [{ file: a, authorities: [{ name: GMC, class: doctor }] }]',
    'roots[0].authorities[0].class: "doctor" is not one of clinician, administrator, patient, associate, system',
    2,
  ],
  [
    'version: 1\nroots: [{ file: a, authorities: [{ name: G M C, class: patient }] }]',
    'roots[0].authorities[0].name: "G M C" is not letters, digits, dots and hyphens',
    2,
  ],
  [
    'version: 1\nroots:\n  - file: a\n    authorities:\n      - { name: GMC, class: patient }\n      - { name: GMC, class: clinician }',
    'roots[0].authorities[1].name: "GMC" is named twice',
    6,
  ],
  [
    'version: 1\ncertificates:\n  - file: a\n    participant_id: jane',
    'certificates[0].participant_id: "jane" is not a UUID of 32 lowercase hex digits, with or without hyphens',
    4,
  ],
  ['version: 1\norganisations: Example NHS Trust', 'organisations: "Example NHS Trust" is not a list', 2],
];

t.test('a typing error is a fault, never passed over', async (t) => {
  for (const [text, message, line] of REFUSED) t.same(of(`${text}\n`), { ok: false, faults: [{ message, line }] }, text);
});

t.test('every line of a policy that is mistyped in its key is refused', async () => {
  const lines = FULL.split('\n');
  const keyed = lines.map((line, index) => ({ line, index })).filter(({ line }) => /^[ -]*[a-z_]+:/.test(line));
  fc.assert(
    fc.property(fc.constantFrom(...keyed), fc.nat(30), fc.constantFrom('x', '', 'Q'), ({ line, index }, at, put) => {
      const [head = ''] = /^[ -]*[a-z_]+/.exec(line) ?? [];
      const start = head.length - head.trimStart().replace('- ', '').length + (at % head.trimStart().replace('- ', '').length);
      const mistyped = lines.with(index, line.slice(0, start) + put + line.slice(start + 1)).join('\n');
      return !of(mistyped).ok;
    }),
  );
});

t.test('never throws', async (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ maxLength: 4 }), (at, put) => {
      const source = bytes(FULL);
      const start = at % source.length;
      return (
        typeof readPolicy(Buffer.concat([source.subarray(0, start), put, source.subarray(start + put.length)]), RULES).ok === 'boolean'
      );
    }),
  );
  t.match(faultsOf(of('')), ['the file is empty']);
});
