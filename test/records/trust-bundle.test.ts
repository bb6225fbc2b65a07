import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { digestOf, loadBundle, readBundle, renderBundle, sealBundle, type TrustContent } from '../../src/records/trust-bundle.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { temporary } from './support.js';

const ID = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';
const COMMIT = 'c0ffee'.padEnd(40, '0');
const CONTENT: TrustContent = {
  format: 'vpr-trust/1',
  policy: 'version: 1\n',
  files: { 'é.crt': '-----BEGIN', 'a"b': 'AA==' },
  baselines: { [ID]: { commit: COMMIT, received: '2026-01-11T14:36:15.234Z' } },
};

const read = (value: unknown) => readBundle(Buffer.from(JSON.stringify(value)));

t.test('a trust bundle reads back as what was written', async (t) => {
  const bundle = sealBundle(CONTENT);
  t.same(readBundle(Buffer.from(renderBundle(bundle))), { ok: true, value: bundle });
});

t.test('its digest is that of RFC 8785, whatever the order and the white space', async (t) => {
  // Written out by hand: members sorted, no white space.
  const canonical = `{"baselines":{"${ID}":{"commit":"${COMMIT}","received":"2026-01-11T14:36:15.234Z"}},"files":{"a\\"b":"AA==","é.crt":"-----BEGIN"},"format":"vpr-trust/1","policy":"version: 1\\n"}`;
  const digest = createHash('sha256').update(canonical, 'utf8').digest('hex');
  t.equal(digestOf(CONTENT), digest);
  const { baselines, files, format, policy } = CONTENT;
  t.match(readBundle(Buffer.from(JSON.stringify({ policy, digest, baselines, format, files }, undefined, 7))), {
    ok: true,
    value: { digest },
  });
});

t.test('what was changed, or is none, is refused with the reason', async (t) => {
  const bundle = sealBundle(CONTENT);
  const refused = (value: unknown, message: RegExp) => t.match(read(value), { ok: false, faults: [{ message }] });
  t.match(readBundle(Buffer.from('{')), { ok: false, faults: [{ message: /not JSON/ }] });
  refused([], /format is not vpr-trust\/1/);
  refused({ format: 'vpr-trust/1' }, /no policy/);
  refused({ format: 'vpr-trust/1', policy: '', files: { a: 1 } }, /table of files/);
  refused({ ...CONTENT, baselines: undefined }, /table of baselines/);
  for (const baseline of [
    { commit: COMMIT },
    { commit: 'c0ffee', received: '2026-01-11T14:36:15Z' },
    { commit: COMMIT, received: 'today' },
    null,
  ]) {
    refused({ ...bundle, baselines: { [ID]: baseline } }, /table of baselines/);
  }
  refused({ ...bundle, baselines: { [ID.toUpperCase()]: CONTENT.baselines[ID] } }, /table of baselines/);
  refused({ ...bundle, more: 1 }, /member "more"/);
  refused(CONTENT, /digest is not that of what it says/);
  refused({ ...bundle, policy: 'version: 1\nskew: 24h\n' }, /digest is not that of what it says/);
  refused({ ...bundle, files: {} }, /digest is not that/);
  refused({ ...bundle, baselines: {} }, /digest is not that/);
  t.match(readBundle(Buffer.alloc(17 * 1024 * 1024)), { ok: false, faults: [{ message: /at most/ }] });
});

t.test('every changed byte of a bundle is noticed', async (t) => {
  const text = renderBundle(sealBundle(CONTENT));
  let read = 0;
  for (let at = 0; at < text.length; at += 1) {
    const changed = Buffer.from(text);
    changed[at] = (changed[at] ?? 0) ^ 1;
    if (readBundle(changed).ok) read += 1;
  }
  t.equal(read, 0);
});

t.test('a bundle whose policy or certificates do not read is an error that says so', async (t) => {
  const path = join(temporary(t), 'trust.json');
  const policy = 'version: 1\nroots: [{ file: a.crt, authorities: [{ name: GMC, class: clinician }] }]\n';
  writeFileSync(path, renderBundle(sealBundle({ ...CONTENT, policy, files: {} })));
  t.throws(() => loadBundle(path, KNOWN_RULES), { code: 'trust/unreadable', message: /a\.crt: no such file/ });
  writeFileSync(path, renderBundle(sealBundle({ ...CONTENT, policy: 'version: 1\nrules: { no/such: warn }\n' })));
  t.throws(() => loadBundle(path, KNOWN_RULES), { code: 'trust/unreadable' });
});
