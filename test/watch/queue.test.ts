import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { workQueue } from '../../src/watch/queue.js';

/** A queue whose work ends when it is told to. */
function held(atOnce: number) {
  const log: string[] = [];
  const doors = new Map<string, () => void>();
  const queue = workQueue(async (record) => {
    log.push(record);
    await new Promise<void>((resolve) => doors.set(record, resolve));
    doors.delete(record);
    return 'done';
  }, atOnce);
  const end = async (record: string) => {
    doors.get(record)?.();
    await turn();
  };
  return { queue, log, end, busy: () => [...doors.keys()] };
}

t.test('one at a time for each record, several for all', async (t) => {
  const { queue, log, end, busy } = held(2);
  for (const record of ['a', 'a', 'b', 'c', 'c', 'a']) queue.add(record);
  t.same(busy(), ['a', 'b']);
  await end('b');
  t.same(busy(), ['a', 'c'], 'c was asked for twice, and is begun once');
  await end('a');
  t.same(busy(), ['c', 'a'], 'a was asked for while it was worked on: once more');
  await end('a');
  await end('c');
  await queue.idle();
  t.same(log, ['a', 'b', 'c', 'a']);
});

t.test('paused, it begins nothing, and forgets nothing', async (t) => {
  const { queue, log, end } = held(1);
  queue.add('a');
  queue.pause();
  queue.add('b');
  queue.add('a');
  const idle = queue.idle();
  await end('a');
  await idle;
  t.same(log, ['a']);
  queue.resume();
  await end('b');
  await end('a');
  await queue.idle();
  t.same(log, ['a', 'b', 'a']);
});

t.test('what is put off comes after everything else, and is waited for', async (t) => {
  const log: string[] = [];
  const queue = workQueue(async (record) => (log.push(record) === 1 ? 'later' : 'done'), 1);
  for (const record of ['a', 'b', 'c']) queue.add(record);
  queue.add('a'); // it is put off already, or will be
  await queue.idle();
  t.same(log, ['a', 'b', 'c', 'a']);
});

t.test('whatever is asked for in whatever order is done afterwards, and never twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'pause', 'resume'), { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.boolean(), { maxLength: 8 }),
      async (s, steps, atOnce, putOff) => {
        const asked = new Map<string, number>();
        const seen = new Map<string, number>();
        const busy = new Set<string>();
        let good = true;
        let count = 0;
        const queue = workQueue(
          async (record) => {
            good &&= !busy.has(record) && busy.size < atOnce;
            busy.add(record);
            const began = count;
            const later = putOff.pop() === true;
            await s.schedule(Promise.resolve());
            busy.delete(record);
            if (later) return 'later';
            seen.set(record, began); // it has seen all that was asked for before it began
            return 'done';
          },
          atOnce,
          0,
        );
        for (const step of steps) {
          count += 1;
          if (step === 'pause') queue.pause();
          else if (step === 'resume') queue.resume();
          else {
            asked.set(step, count);
            queue.add(step);
          }
          if (s.count() > 0 && count % 3 === 0) await s.waitOne();
        }
        queue.resume();
        const idle = queue.idle();
        await s.waitFor(idle);
        return good && [...asked].every(([record, at]) => (seen.get(record) ?? 0) >= at);
      },
    ),
  );
});
