import t from 'tap';
import { ANY_POLICY, addPolicies, constrainedPolicies, mapPolicies, startPolicies } from '../../src/trust/path/policies.js';

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `1.2.${prefix}.${i}`);

t.test('policies that map onto each other many times over take no more time than they are many (RFC 9618)', (t) => {
  const graph = startPolicies();
  const all = names(200, '3');
  const mappings = new Map(all.map((policy) => [policy, new Set(all)]));
  for (let depth = 0; depth < 8; depth++) {
    addPolicies(graph, all, true);
    mapPolicies(graph, mappings, true);
  }
  addPolicies(graph, all, true);
  t.same(constrainedPolicies(graph, undefined).sort(), [...all].sort());
  t.equal(Math.max(...(graph.levels ?? []).map(({ size }) => size)), 200, 'a policy stands once at each depth');
  t.end();
});

t.test("mapped policies are told in the anchor's terms", (t) => {
  const graph = startPolicies();
  addPolicies(graph, ['1.1', '1.2'], true);
  mapPolicies(graph, new Map([['1.1', new Set(['2.1', '2.2'])]]), true);
  addPolicies(graph, ['2.2', '1.2', '9.9'], true);
  t.same(constrainedPolicies(graph, undefined).sort(), ['1.1', '1.2']);
  t.same(constrainedPolicies(graph, ['1.1', '2.2']), ['1.1']);
  t.same(constrainedPolicies(graph, ['2.2']), []);
  mapPolicies(
    graph,
    new Map([
      ['2.2', new Set(['3.3'])],
      ['1.2', new Set(['3.3'])],
    ]),
    false,
  );
  t.equal(graph.levels, undefined, 'where mapping is inhibited, what is mapped ends');
  addPolicies(graph, ['1.1'], true);
  t.same(constrainedPolicies(graph, undefined), [], 'and nothing brings it back');
  t.end();
});

t.test('anyPolicy', (t) => {
  const graph = startPolicies();
  addPolicies(graph, [ANY_POLICY], true);
  mapPolicies(graph, new Map([['1.1', new Set(['2.1'])]]), true);
  addPolicies(graph, ['2.1', '3.1'], true);
  t.same(constrainedPolicies(graph, undefined).sort(), ['1.1', '3.1']);
  const any = startPolicies();
  addPolicies(any, [ANY_POLICY], true);
  t.same(constrainedPolicies(any, ['5.5']), ['5.5'], 'stands for whatever is asked for');
  t.same(constrainedPolicies(any, undefined), [ANY_POLICY]);
  addPolicies(any, [ANY_POLICY], false);
  t.same(constrainedPolicies(any, undefined), [], 'not where it is inhibited');
  t.end();
});
