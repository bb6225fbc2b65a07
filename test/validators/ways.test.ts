/** See test/soak/ways.ts; `npm run soak` tries more. */
import { join } from 'node:path';
import t from 'tap';
import { temporary } from '../e2e/support.js';
import { differences, longRecord, type Shape } from '../soak/ways.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';

const people = await makePeople();
const SHAPES: readonly Shape[] = [
  { commits: 60, threads: 0 },
  { commits: 30, threads: 10 },
  { commits: 12, threads: 380 },
];

for (const [index, shape] of SHAPES.entries()) {
  t.test(`${shape.commits} commits among ${shape.threads} threads are judged alike, however they are read`, async (t) => {
    const record = longRecord(people, seeded(index), shape);
    t.strictSame(await differences(people, record, join(temporary(t), 'record')), []);
  });
}
