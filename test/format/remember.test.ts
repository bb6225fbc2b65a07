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
