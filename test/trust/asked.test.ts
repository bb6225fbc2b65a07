import { p256 } from '@noble/curves/nist.js';
import t from 'tap';
import { type CommitSignature, payloadOf, readSignature, renderSignature } from '../../src/trust/index.js';
import { needsOracles } from '../support/agreement.js';
import { ask, differences } from '../support/asked.js';
import { questionOf, readingOf, signerOf } from '../support/questions.js';
import { makeAuthority, makePerson } from './support/authorities.js';
import { PAYLOAD, signed, withSignature } from './support/commits.js';

const root = await makeAuthority('Root');
const jane = await makePerson({}, { issuer: root });
const good = signed([jane]);

function changed(commit: Uint8Array, change: (signature: Uint8Array) => Uint8Array): Uint8Array {
  const split = payloadOf(commit);
  const reading = 'payload' in split ? readSignature(split.gpgsig) : undefined;
  if (!('payload' in split) || reading?.ok !== true) throw new Error('it is signed');
  const { value } = reading;
  return withSignature(split.payload, renderSignature({ ...value, signature: change(value.signature) } as CommitSignature));
}

function highS(signature: Uint8Array): Uint8Array {
  const { r, s } = p256.Signature.fromBytes(signature, 'compact');
  return new p256.Signature(r, p256.Point.Fn.neg(s)).toBytes('compact');
}

t.test('four programs and vpr are asked about what reads, and say the same', needsOracles(), (t) => {
  const raw = signed([jane], 'raw');
  const forged = Buffer.from(Buffer.from(good).toString('latin1').replace('Oxford', 'London'), 'latin1');
  const flipped = changed(good, (signature) => signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte)));
  const unread = withSignature(PAYLOAD, 'AAAA');
  const { said, differences } = ask([good, signed([jane], 'container'), raw, changed(good, highS), forged, flipped, unread]);
  t.strictSame(differences, []);
  t.match(said[0], /^6 asked of vpr, node:crypto, @noble\/curves, openssl, git verify-commit through gpgsm [\d.]+.*: 4 are good$/);
  t.match(said[1], /^9 asked of good ones with a bit of r, s or the payload changed$/);
  t.match(said[2], /^1 that do not read and 0 without/);
  t.end();
});

t.test('whose certificate nobody has seen is said to be left out', (t) => {
  const { said, differences } = ask([signed([jane], 'raw')]);
  t.strictSame(differences, []);
  t.ok(said.includes('0 that do not read and 1 without a certificate on P-256 not asked'), said.join('\n'));
  t.end();
});

t.test('what one program takes and another does not is a difference, and so is a changed one that any takes', (t) => {
  const one = readingOf(good);
  const question = one === undefined ? undefined : questionOf(one, signerOf(one, []));
  if (question === undefined) throw new Error('it reads');
  const programs = ['vpr', 'node:crypto', '@noble/curves'];
  const found = (change: object) => differences([{ ...question, ...change }], programs).map((text) => text.split('\n')[0]);
  t.strictSame([...question.yes], programs);
  t.strictSame(found({}), []);
  t.strictSame(found({ yes: new Set() }), []);
  t.strictSame(found({ yes: new Set(['vpr', 'node:crypto']) }), ['cms: good to vpr, node:crypto; not to @noble/curves']);
  t.strictSame(found({ yes: new Set(['node:crypto', '@noble/curves']) }), ['cms: good to node:crypto, @noble/curves; not to vpr']);
  t.strictSame(found({ yes: new Set(['node:crypto', '@noble/curves']), stricter: 'two certificates' }), []);
  t.strictSame(found({ changed: 'r' }), ['cms, r changed: good to vpr, node:crypto, @noble/curves; not to nobody']);
  t.end();
});
