import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { VprError } from '../../src/errors.js';
import { openAuthority } from '../../src/records/authority.js';
import { revoke, writeCrl } from '../../src/records/crl.js';
import { findIssued } from '../../src/records/find-issued.js';
import { createHierarchy } from '../../src/records/hierarchy.js';
import { issueCertificate } from '../../src/records/issue.js';
import { createRequest, readRequest } from '../../src/records/request.js';
import { showFile } from '../../src/records/show.js';
import { temporary } from './support.js';

const JANE = { name: 'Dr Jane Smith', registration: { authority: 'GMC', number: '1' }, further: [] } as const;

t.test('a damaged certificate, request or list is read or refused, and never crashes what reads it', async (t) => {
  const directory = temporary(t);
  const ca = join(directory, 'ca');
  await createHierarchy({ directory: ca, name: 'Root', authorities: [], days: 30 });
  const issued = await issueCertificate({ ...JANE, authority: ca, participant: 'new', days: 3, out: directory });
  revoke({ ...findIssued(ca, issued.serial), reason: 'keyCompromise' }, new Date());
  const { file } = await writeCrl(openAuthority(ca), 30);
  const { request } = await createRequest({ ...JANE, out: join(directory, 'request') });
  const whole = [issued.certificate, request, file].map((path) => derOf(readFileSync(path, 'latin1')));
  const damaged = join(directory, 'damaged');
  const outcomes = { read: 0, refused: 0 };
  const attempt = async (read: () => Promise<unknown>) => {
    try {
      await read();
      outcomes.read += 1;
    } catch (error) {
      if (!(error instanceof VprError)) throw error;
      outcomes.refused += 1;
    }
  };
  const change = fc.noBias(
    fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 9999 }), fc.nat({ max: 255 }), fc.option(fc.nat({ max: 9999 }), { freq: 2 })),
  );
  await fc.assert(
    fc.asyncProperty(change, async ([which, at, value, cut]) => {
      const bytes = Buffer.from(whole[which] ?? '');
      bytes[at % bytes.length] = value;
      writeFileSync(damaged, cut === null || cut % 4 > 0 ? bytes : bytes.subarray(0, cut % bytes.length));
      await attempt(() => showFile(damaged));
      await attempt(() => readRequest(damaged));
    }),
    { numRuns: 600 },
  );
  t.ok(outcomes.read > 50 && outcomes.refused > 50, `both come about: ${JSON.stringify(outcomes)}`);
});

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ''), 'base64');
}
