import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { parentsOf, readCommitObject } from '../../src/format/commit-object.js';
import { bytes, MESSAGE_EXAMPLE } from './format-page.js';

const TREE = 'b8aa1eaf5741bc9bbdc23317c88a4c0bc492c7c6';
const PARENT = 'a18d1cb8105f240d74f71d732425960445bfa637';
const WHO = 'Dr Jane Smith <jane.smith@example.org> 1795408588 +0000';
const COMMIT = `tree ${TREE}\nparent ${PARENT}\nauthor ${WHO}\ncommitter ${WHO}\ngpgsig -----BEGIN SIGNED MESSAGE-----\n MIIB\n AAAA\n -----END SIGNED MESSAGE-----\n\n${MESSAGE_EXAMPLE}`;

const of = (from: string | RegExp, to: string) => readCommitObject(bytes(COMMIT.replace(from, to)));

t.test('a commit of the five headers', async (t) => {
  const commit = readCommitObject(bytes(COMMIT));
  t.same(commit, {
    tree: TREE,
    parents: [PARENT],
    author: { name: 'Dr Jane Smith', email: 'jane.smith@example.org', time: 1795408588, zone: '+0000' },
    committer: { name: 'Dr Jane Smith', email: 'jane.smith@example.org', time: 1795408588, zone: '+0000' },
    gpgsig: '-----BEGIN SIGNED MESSAGE-----\nMIIB\nAAAA\n-----END SIGNED MESSAGE-----',
    message: MESSAGE_EXAMPLE,
    faults: [],
  });
  t.same(of(`parent ${PARENT}\n`, '').faults, [], 'a root');
  t.same(of(/gpgsig [\s\S]*?\n\n/, '\n').faults, [], 'a signature is not a matter of headers');
  t.same(of(`author ${WHO}`, 'author Zoë <> 0 -0330').author, { name: 'Zoë', email: '', time: 0, zone: '-0330' });
});

const FAULTS: readonly [from: string | RegExp, to: string, message: string | RegExp, line?: number][] = [
  [`parent ${PARENT}\n`, `parent ${PARENT}\nparent ${TREE}\n`, 'the commit has a second parent: it is a merge, and history is linear', 3],
  ['tree', 'parent', /./],
  [`tree ${TREE}\n`, '', 'the header tree is missing'],
  [/author .*\n/, '', 'the header author is missing'],
  [/committer .*\n/, '', 'the header committer is missing'],
  [/(tree .*\n)(parent .*\n)/, '$2$1', 'the header tree stands behind parent, expected before it', 2],
  [/(author .*\n)(committer .*\n)/, '$2$1', 'the header author stands behind committer, expected before it', 4],
  [/(committer .*\n)(gpgsig [\s\S]*?\n)(\n)/, '$2$1$3', 'the header committer stands behind gpgsig, expected before it', 8],
  [/(author .*\n)/, '$1$1', 'the header author stands more than once', 4],
  ['\n\n', '\ngpgsig AAAA\n\n', 'the header gpgsig stands more than once', 9],
  ['\n\n', '\nencoding ISO-8859-1\n\n', 'the header encoding is not allowed: commits are UTF-8, and say nothing of it', 9],
  [
    '\n\n',
    '\nmergetag object x\n type commit\n\n',
    'the header mergetag is not allowed: a merge of a signed tag is no commit of a record',
    9,
  ],
  ['\n\n', '\ngpgsig-sha256 AAAA\n\n', 'the header gpgsig-sha256 is not allowed: a commit has one signature, in gpgsig', 9],
  ['\n\n', '\nHG:extra x\n\n', 'the header HG:extra is not allowed: expected tree, parent, author, committer, gpgsig alone', 9],
  ['\n\n', '\n\u001b[31mred x\n\n', /^the header \\u001b\[31mred is not allowed/, 9],
  ['\n\n', `\n${'k'.repeat(500)} x\n\n`, /^the header k{40}… is not allowed/, 9],
  ['\n\n', '\ntoString\n\n', /^the header toString is not allowed/, 9],
  [`tree ${TREE}`, `tree ${TREE.toUpperCase()}`, 'the header tree does not name an object in lowercase hex digits', 1],
  [`parent ${PARENT}`, `parent ${PARENT.slice(1)}`, 'the header parent does not name an object in lowercase hex digits', 2],
  [`author ${WHO}`, `author ${WHO}\n more`, 'the header author spans several lines, expected one', 3],
  ['author Dr Jane Smith <', 'author <', 'the header author is not "name <e-mail> seconds zone"', 3],
  ['author Dr Jane Smith <', 'author  <', 'the header author has no name', 3],
  ['author Dr Jane Smith ', 'author  Dr Jane Smith ', 'the header author has a name or an e-mail that begins or ends with a blank', 3],
  ['author Dr Jane', 'author Dr <Jane', 'the header author is not "name <e-mail> seconds zone"', 3],
  ['author Dr Jane', 'author Dr\u202eJane', 'the header author holds U+202E (bidirectional control)', 3],
  ['author Dr Jane', 'author Dr\rJane', 'the header author holds U+000D (carriage return)', 3],
  ['1795408588', '-1', 'the header author has a time that is no count of seconds since 1970', 3],
  ['1795408588', '01795408588', 'the header author has a time that is no count of seconds since 1970', 3],
  ['1795408588', '999999999999', 'the header author has a time that is no count of seconds since 1970', 3],
  ['+0000', '+1500', 'the header author has a time zone that is not of the form +0100', 3],
  ['+0000', 'UTC', 'the header author has a time zone that is not of the form +0100', 3],
  ['Added', 'Ad\0ded', 'the commit holds a NUL byte'],
  ['\n\n', '\n', /^the header coordination:update: is not allowed/],
];

t.test('every departure from FORMAT §6 is a fault', async (t) => {
  for (const [from, to, message, line] of FAULTS) {
    const { faults } = of(from, to);
    const found = faults.find((fault) => (typeof message === 'string' ? fault.message === message : message.test(fault.message)));
    t.ok(found, `${message} in: ${faults.map((fault) => fault.message).join(' | ')}`);
    if (line !== undefined) t.equal(found?.line, line, String(message));
  }
  const noBlank = readCommitObject(bytes(COMMIT.slice(0, COMMIT.indexOf('\n\n') + 1)));
  t.match(noBlank.faults, [{ message: 'the commit has no blank line behind its headers' }]);
  t.equal(noBlank.tree, TREE);
});

t.test('bytes that are not UTF-8', async (t) => {
  const latin1 = (text: string) => readCommitObject(Buffer.from(text, 'latin1'));
  t.match(latin1(COMMIT.replace('Added', 'Zo\u00eb')).faults, [{ message: 'the commit message is not UTF-8' }]);
  t.match(latin1(COMMIT.replace('author Dr', 'author Zo\u00eb')).faults, [{ message: 'the header author is not UTF-8', line: 3 }]);
});

t.test('known culprits come with commands', async (t) => {
  const help = (from: string | RegExp, to: string) => of(from, to).faults[0]?.help;
  t.same(help('\n\n', '\nencoding ISO-8859-1\n\n'), ['git config i18n.commitEncoding UTF-8 && git commit --amend --no-edit -S']);
  t.same(help('\n\n', '\nHG:extra x\n\n'), ['git reset --soft HEAD~1 && git commit -S -C ORIG_HEAD']);
  t.same(help('author ', `parent ${TREE}\nauthor `), ['git pull --rebase -S origin main']);
});

t.test('parents alone are those of the whole, but for a header that is folded', async (t) => {
  const pieces = fc.constantFrom(
    `parent ${PARENT}`,
    `parent ${PARENT}0`,
    ` parent ${PARENT}`,
    'parent x',
    '\r',
    '\u2028',
    '\n',
    '\n\n',
    'gpgsig x',
    'a',
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const input = bytes(parts.join(''));
      if (/(?:^|\n)parent [^\n]*\n /.test(parts.join(''))) return true;
      return JSON.stringify(parentsOf(input)) === JSON.stringify(readCommitObject(input).parents);
    }),
  );
  const folded = bytes(`parent ${PARENT}\n parent ${TREE}\n\n`);
  t.same(parentsOf(folded), [PARENT], 'git goes there');
  const { parents, faults } = readCommitObject(folded);
  t.same(parents, []);
  t.ok(
    faults.some(({ message }) => message.startsWith('the header parent ')),
    'and the commit is refused',
  );
});

t.test('parents are found wherever they stand', async (t) => {
  t.same(of('\n\n', `\nparent ${TREE}\n\n`).parents, [PARENT, TREE]);
  t.same(readCommitObject(bytes(`parent ${PARENT}`)).parents, [PARENT]);
  t.same(readCommitObject(new Uint8Array()).parents, []);
  t.same(of('Added', `parent ${TREE}\nAdded`).parents, [PARENT], 'but not in the message');
});

t.test('the first signature, whatever else there is', async (t) => {
  t.match(of('\n\n', '\ngpgsig other\n\n').gpgsig, /^-----BEGIN/);
  t.equal(of(/gpgsig [\s\S]*?\n\n/, 'gpgsig one line\n\n').gpgsig, 'one line');
});

t.test('never throws, and a flood is cut short', async (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ maxLength: 6 }), fc.nat(8), (at, put, cut) => {
      const source = bytes(COMMIT);
      const start = at % source.length;
      return Array.isArray(readCommitObject(Buffer.concat([source.subarray(0, start), put, source.subarray(start + cut)])).faults);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array(), (input) => readCommitObject(input).faults.length > 0));
  // In a time that is square to their size none of these would end.
  for (const text of [
    'a b\n'.repeat(250_000),
    'gpgsig x\n y\n'.repeat(100_000),
    ' x\n'.repeat(300_000),
    `author ${'<'.repeat(1e6)}`,
    `author ${' '.repeat(1e6)}`,
  ]) {
    t.ok(readCommitObject(bytes(`${text}\n`)).faults.length <= 10);
  }
});
