/** What is remembered, and that it is bounded by what it really keeps. */
import fc from 'fast-check';
import t from 'tap';
import { boundedMemory } from '../../src/git/memory.js';

t.test('memory that values share weighs once, and goes with the last of them', async (t) => {
  const memory = boundedMemory<string, number>(2000);
  const shared = new ArrayBuffer(900);
  for (let version = 0; version < 50; version += 1) memory.set(version, `version ${version}`, 1, shared);
  t.ok(
    Array.from({ length: 50 }, (_, version) => memory.get(version)).every((found, version) => found === `version ${version}`),
    'fifty versions of 901 bytes',
  );
  memory.set(50, 'another', 1, new ArrayBuffer(900));
  memory.set(51, 'a third', 1, new ArrayBuffer(900));
  t.equal(memory.get(0), undefined, 'the oldest went when there were three memories');
  t.equal(memory.get(51), 'a third');
  memory.set(52, 'too large', 1, new ArrayBuffer(1000));
  t.equal(memory.get(52), undefined);
});

t.test('what is forgotten makes room, and its memory when nothing else holds it', async (t) => {
  const memory = boundedMemory<string, number>(3200);
  const [grows, stays] = [new ArrayBuffer(600), new ArrayBuffer(300)];
  memory.set(0, 'stays', 1, stays);
  for (let version = 1; version < 1000; version += 1) {
    memory.set(version, `version ${version}`, 1, version === 500 ? new ArrayBuffer(600) : grows);
    memory.forget(version - (version === 1 ? 2 : 1));
  }
  t.equal(memory.get(0), 'stays', 'through a thousand versions of 601 bytes');
  t.equal(memory.get(998), undefined);
  t.equal(memory.get(999), 'version 999');
});

t.test('whatever is set and asked for: no more is kept than the capacity, and nothing else than was set last', async (t) => {
  const buffers = [10, 40, 90, 200].map((length) => new ArrayBuffer(length));
  const anyStep = fc.record({
    key: fc.nat(20),
    weight: fc.integer({ min: 1, max: 60 }),
    held: fc.option(fc.constantFrom(...buffers), { nil: undefined }),
    does: fc.constantFrom('set', 'set', 'get', 'forget'),
  });
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
      const memory = boundedMemory<number, number>(400);
      const last = new Map<number, (typeof steps)[number]>();
      for (const [index, step] of steps.entries()) {
        const { key, weight, held, does } = step;
        if (does === 'get') memory.get(key);
        else if (does === 'forget') {
          memory.forget(key);
          last.delete(key);
        } else {
          memory.set(key, index, weight, held);
          last.set(key, step);
        }
      }
      // Asking moves things, and so may drop others: each is asked of what is there now.
      const kept = [...last].filter(([key]) => {
        const found = memory.get(key);
        return found !== undefined && steps[found] === last.get(key);
      });
      const wrong = [...last].some(([key, step]) => ![undefined, steps.indexOf(step)].includes(memory.get(key)));
      const own = kept.reduce((sum, [, { weight }]) => sum + weight, 0);
      const shared = [...new Set(kept.map(([, { held }]) => held))].reduce((sum, held) => sum + (held?.byteLength ?? 0), 0);
      return !wrong && own + shared <= 2 * 400;
    }),
    { numRuns: 2000 },
  );
  t.pass('for two thousand histories');
});
