/** `kill -9` of watchers and hooks: whatever they were doing, the next look makes the projection what it should be. */
import t from 'tap';
import { hostPaths } from '../../src/hosts/paths.js';
import { temporary } from '../e2e/support.js';
import { onEachDatabase } from '../projections/databases.js';
import { makePeople } from '../support/people.js';
import { seeded } from '../support/random.js';
import { killWatchers, readyToKill } from './support-kill.js';

const ROUNDS = 6;
const SEED = 20_260_111;

const people = await makePeople();

onEachDatabase(t, async (t, { name, fresh }) => {
  const random = seeded(SEED);
  const { host, client, tips } = await readyToKill(temporary(t), people, random, ROUNDS);
  const place = name === 'SQLite' ? hostPaths(host.directory).database : fresh();
  const { watchers, killed, hooks, surprises } = await killWatchers(host, client, tips, random, place);
  t.comment(`${watchers} watchers, ${killed} of them killed, ${hooks} hooks killed`);
  t.ok(killed >= ROUNDS / 2, 'enough of them were');
  t.ok(hooks > 0);
  t.strictSame(surprises, []);
});
