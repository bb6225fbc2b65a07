import fc from 'fast-check';
import t from 'tap';
import { payloadOf, withSignature } from '../../src/trust/payload.js';
import { PAYLOAD } from './support/commits.js';

const commit = (text: string) => Buffer.from(text);
const HEAD = 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n';
const message = (bytes: Uint8Array) => {
  const split = payloadOf(bytes);
  return 'payload' in split ? 'good' : split.message;
};

t.test('the signature comes out as it went in, and the payload is what is left', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '+', ' ', '-') }), { minLength: 1 }).map((lines) => lines.join('\n')),
      (gpgsig) => {
        const split = payloadOf(withSignature(PAYLOAD, gpgsig));
        return 'payload' in split && split.gpgsig === gpgsig && Buffer.compare(split.payload, PAYLOAD) === 0;
      },
    ),
  );
  t.end();
});

t.test('any bytes: split or a fault, never an exception; nothing gets lost', (t) => {
  const parts = fc.array(fc.constantFrom('gpgsig ', 'gpgsig-sha256 ', '\n', '\n\n', ' ', 'tree x', 'a', '\0', 'é'), { maxLength: 20 });
  fc.assert(
    fc.property(
      fc.oneof(
        parts.map((found) => commit(found.join(''))),
        fc.uint8Array(),
      ),
      (bytes) => {
        const split = payloadOf(bytes);
        return !('payload' in split) || Buffer.compare(withSignature(split.payload, split.gpgsig), bytes) === 0;
      },
    ),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('what could hide a second signature is refused', (t) => {
  t.equal(message(commit(`${HEAD}gpgsig x\n\nmessage\n`)), 'good');
  t.equal(message(commit(`${HEAD}gpgsig x\n\ngpgsig y\n`)), 'good', 'the message may say anything');
  t.equal(message(commit(`${HEAD}\nmessage\n`)), 'the commit is not signed');
  t.equal(message(commit(HEAD)), 'the commit has no empty line after its headers');
  t.match(message(commit(`${HEAD}gpgsig x\ngpgsig y\n\nm\n`)), '2 gpgsig headers');
  t.match(message(commit(`${HEAD}gpgsig-sha256 x\n\nm\n`)), 'goes on');
  t.match(message(commit(`${HEAD}gpgsig\tx y\n\nm\n`)), 'goes on');
  t.match(message(commit(`${HEAD}gpgsig\n\nm\n`)), 'goes on');
  t.match(message(commit(`${HEAD}gpgsig x\ngpgsig-sha256 y\n\nm\n`)), '2 gpgsig headers');
  t.match(message(commit(`gpgsig x\n${HEAD}\nm\n`)), 'expected it after all others');
  t.match(message(commit('tree x\ngpgsig x\nauthor y\n\nm\n')), 'expected it last');
  t.match(message(commit(`${HEAD}gpgsig x\nencoding latin1\n\nm\n`)), 'expected it last');
  t.match(message(commit(`${HEAD}gpgsig x\0\n\nm\n`)), 'NUL');
  t.equal(message(commit(`${HEAD}mergetag x\n gpgsig y\n\nm\n`)), 'the commit is not signed', 'a folded line is no header');
  t.end();
});

t.test('an unsigned commit says how to sign', (t) => {
  t.match(payloadOf(PAYLOAD), { help: [/^git commit --amend --no-edit -S/, /^git rebase --exec/, /^git pull --rebase -S/] });
  t.end();
});
