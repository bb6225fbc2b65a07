import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { remember } from '../../src/format/remember.js';

t.test('a result is made once, and the oldest goes when there are too many', (t) => {
  const made: string[] = [];
  const known = remember<string | undefined>(2);
  const ask = (key: string) => known(key, () => void made.push(key));
  for (const key of ['a', 'a', 'b', 'a', 'c', 'b', 'a']) ask(key);
  t.same(made, ['a', 'b', 'c', 'a'], 'undefined is a result as well');
  t.end();
});

t.test('what is remembered of a long text does not keep the text', (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const known = remember<string>(100);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 100; index += 1) {
    const file = Buffer.alloc(1_000_000, `2026-11-29T10:00:00.${index}Z `).toString('latin1');
    known(file.slice(25_000, 25_024), (own) => own.slice(1));
  }
  collect();
  t.ok(process.memoryUsage().heapUsed - before < 20_000_000, 'of 100 files of a megabyte');
  t.end();
});
