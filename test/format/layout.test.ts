import fc from 'fast-check';
import t from 'tap';
import { GITIGNORE_CONTENTS, meaningOf, STATUS_FILE, whyNotAllowed } from '../../src/format/layout.js';

const ID = '20260111T143522.045Z-550e8400-e29b-41d4-a716-446655440000';

t.test('the paths of a coordination record', async (t) => {
  t.same(meaningOf('coordination', 'COORDINATION_STATUS.yaml'), { kind: 'status' });
  t.same(meaningOf('coordination', '.gitignore'), { kind: 'gitignore' });
  t.same(meaningOf('coordination', `communications/${ID}/thread.md`), { kind: 'thread', communication: ID });
  t.same(meaningOf('coordination', `communications/${ID}/ledger.yaml`), { kind: 'ledger', communication: ID });
});

t.test('the files that mark the other kinds', async (t) => {
  for (const kind of ['clinical', 'demographics', 'redaction'] as const) {
    t.same(meaningOf(kind, STATUS_FILE[kind]), { kind: 'status' });
    t.equal(meaningOf(kind, `communications/${ID}/thread.md`), undefined);
    t.equal(meaningOf('coordination', STATUS_FILE[kind]), undefined);
    t.equal(whyNotAllowed(kind, 'x'), `paths of ${kind} records are not known yet`);
  }
});

const REFUSED: readonly [path: string, why: string | RegExp][] = [
  [`communications/${ID}/Thread.md`, 'upper and lower case count: it is spelt thread.md'],
  [`Communications/${ID}/thread.md`, 'upper and lower case count: it is spelt communications/'],
  [`communications/${ID.toLowerCase()}/thread.md`, "upper and lower case count: a timestamp's T and Z are capitals, a UUID is lowercase"],
  ['coordination_status.yaml', 'upper and lower case count: it is spelt COORDINATION_STATUS.yaml'],
  ['.gitattributes', /^files that change how Git treats others are refused/],
  [`communications/${ID}/.gitmodules`, /^files that change how Git treats others/],
  ['.git/hooks/pre-commit', /^files that change how Git treats others/],
  ['.GIT/config', /^files that change how Git treats others/],
  [`communications/${ID}/.gitignore`, '.gitignore stands at the root only'],
  ['files/sha256/43/2d/432d', /^files\/ is kept outside Git/],
  ['ehr_status.yaml', 'it marks a record of another kind, clinical'],
  ['communications/thread.md', 'in communications/ stand directories alone, one for each thread'],
  ['communications/x/thread.md', /^a thread's directory is named by a timestamp id/],
  [`communications/${ID.replace('0111', '1311')}/thread.md`, /^a thread's directory is named by a timestamp id/],
  [`communications/${ID}/messages.md`, /and nothing else: messages go into thread\.md$/],
  [`communications/${ID}/legder.yaml`, /did you mean ledger\.yaml\?$/],
  [`communications/${ID}/notes`, /and nothing else$/],
  [`communications/${ID}/thread.md/x`, /and nothing else$/],
  [`communications/${ID}/thread.md~`, 'an editor or the system left it behind'],
  ['.DS_Store', 'an editor or the system left it behind'],
  ['encounters/x/encounter.yaml', 'encounters/ is not part of the format yet'],
  ['comunications/x', 'did you mean communications?'],
  ['COORDINATION_STATUS.yml', 'did you mean COORDINATION_STATUS.yaml?'],
  ['notes.txt', 'at its root stand COORDINATION_STATUS.yaml, .gitignore and communications/ alone'],
  ['caf\xc3\xa9.md', 'paths are ASCII, without control characters'],
  ['a\nb', 'paths are ASCII, without control characters'],
  ['', /^at its root stand/],
  ['toString', /^at its root stand/],
  [`communications/${ID}/toString`, /and nothing else$/],
  [`communications/${ID}/__proto__`, /and nothing else$/],
];

t.test('what is not allowed, and why', async (t) => {
  for (const [path, why] of REFUSED) {
    t.equal(meaningOf('coordination', path), undefined, path);
    const found = whyNotAllowed('coordination', path);
    if (typeof why === 'string') t.equal(found, why, path);
    else t.match(found, why, path);
  }
});

t.test('.gitignore has one of two contents', async (t) => {
  t.same(GITIGNORE_CONTENTS, ['files/\n', '\n# VPR default ignores\nfiles/\n']);
});

t.test('never throws, and says something of every path', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (path) => whyNotAllowed('coordination', path).length > 0));
});
