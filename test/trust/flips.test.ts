import t from 'tap';
import { verifyCommit } from '../../src/trust/verify.js';
import { JANE_ID, makeAuthority, makePerson, NOW } from './support/authorities.js';
import { isGood, signed, trustOf } from './support/commits.js';

const root = await makeAuthority('Root');
const inter = await makeAuthority('Inter', { issuer: root });
const jane = await makePerson({ id: JANE_ID, email: 'jane@example.org' }, { issuer: inter });
const trust = trustOf({ roots: [root], intermediates: [inter.certificate], listed: [jane] });

/** Single bits, the whole octet, and the bit that tells upper from lower case. */
const PATTERNS = [0x01, 0x02, 0x20, 0x80, 0xff];

for (const encoding of ['cms', 'container', 'raw'] as const) {
  t.test(`every byte of a commit signed in ${encoding} counts`, (t) => {
    const bytes = Uint8Array.from(signed([jane, inter], encoding));
    t.ok(isGood(verifyCommit(bytes, trust, NOW)));
    const accepted: string[] = [];
    for (const at of bytes.keys()) {
      const was = bytes[at] as number;
      for (const pattern of PATTERNS) {
        bytes[at] = was ^ pattern;
        if (isGood(verifyCommit(bytes, trust, NOW))) accepted.push(`byte ${at} ^ ${pattern}`);
      }
      bytes[at] = was;
    }
    t.same(accepted, []);
    t.end();
  });

  t.test(`no byte of a commit signed in ${encoding} can be left out, doubled or put in`, (t) => {
    const bytes = signed([jane, inter], encoding);
    const accepted: number[] = [];
    for (const at of bytes.keys()) {
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      const variants = [Buffer.concat([before, after.subarray(1)]), Buffer.concat([before, after.subarray(0, 1), after])];
      for (const octet of ' \n=\0') variants.push(Buffer.concat([before, Buffer.from(octet), after]));
      if (variants.some((variant) => isGood(verifyCommit(variant, trust, NOW)))) accepted.push(at);
    }
    t.same(accepted, []);
    t.end();
  });
}
