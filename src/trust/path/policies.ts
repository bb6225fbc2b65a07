/**
 * Certificate policies along a path: the graph of RFC 9618, which replaces the
 * tree of RFC 5280 §6.1 and gives the same answers. A node stands once at each
 * depth, so that policies that are mapped onto each other can't make it grow
 * without bound.
 */

/** `anyPolicy` (RFC 5280 §4.2.1.4). */
export const ANY_POLICY = '2.5.29.32.0';

interface Node {
  readonly parents: readonly string[];
  expected: ReadonlySet<string>;
}

/** One level: node by its valid_policy. */
type Level = Map<string, Node>;

/** The graph down to some depth; undefined where it is NULL: no policy is valid for the whole path. */
export interface PolicyGraph {
  levels: Level[] | undefined;
}

/** From one issuer's policy to those of the subject's that it stands for. */
export type Mappings = ReadonlyMap<string, ReadonlySet<string>>;

/** The graph a path starts with: any policy. */
export function startPolicies(): PolicyGraph {
  return { levels: [new Map([[ANY_POLICY, { parents: [], expected: new Set([ANY_POLICY]) }]])] };
}

/** RFC 9618 §5.4, step (d) and (e): a certificate's policies, undefined where it has none; whether its anyPolicy counts. */
export function addPolicies(graph: PolicyGraph, policies: readonly string[] | undefined, anyCounts: boolean): void {
  const above = graph.levels?.at(-1);
  if (above === undefined) return;
  if (policies === undefined) {
    graph.levels = undefined;
    return;
  }
  const level: Level = new Map();
  const add = (policy: string, parents: readonly string[]) => level.set(policy, { parents, expected: new Set([policy]) });
  const expecting = new Map<string, string[]>();
  for (const [name, { expected }] of above) for (const policy of expected) expecting.set(policy, [...(expecting.get(policy) ?? []), name]);
  for (const policy of policies) {
    if (policy === ANY_POLICY) continue;
    const parents = expecting.get(policy) ?? (above.has(ANY_POLICY) ? [ANY_POLICY] : []);
    if (parents.length > 0) add(policy, parents);
  }
  if (anyCounts && policies.includes(ANY_POLICY)) {
    for (const [policy, parents] of expecting) if (!level.has(policy)) add(policy, parents);
  }
  graph.levels?.push(level);
  prune(graph);
}

/** RFC 9618 §5.5, step (b): an authority's mappings; where mapping is inhibited, what is mapped is no longer valid. */
export function mapPolicies(graph: PolicyGraph, mappings: Mappings, allowed: boolean): void {
  const level = graph.levels?.at(-1);
  if (level === undefined) return;
  for (const [policy, onto] of mappings) {
    const node = level.get(policy);
    if (!allowed) level.delete(policy);
    else if (node !== undefined) node.expected = onto;
    else if (level.has(ANY_POLICY)) level.set(policy, { parents: [ANY_POLICY], expected: onto });
  }
  prune(graph);
}

/**
 * RFC 9618 §5.6, step (g): the policies, in the anchor's terms, that hold for
 * the whole path and are among the initial ones (undefined: any).
 */
export function constrainedPolicies({ levels }: PolicyGraph, initial: readonly string[] | undefined): string[] {
  if (levels === undefined) return [];
  const found = new Set<string>();
  let reached = new Set(levels.at(-1)?.keys());
  for (let depth = levels.length - 1; depth > 0; depth--) {
    const next = new Set<string>();
    for (const policy of reached) {
      const { parents = [] } = levels[depth]?.get(policy) ?? {};
      if (parents.includes(ANY_POLICY) && (policy !== ANY_POLICY || depth === levels.length - 1)) found.add(policy);
      for (const parent of parents) next.add(parent);
    }
    reached = next;
  }
  if (initial === undefined || initial.includes(ANY_POLICY)) return [...found];
  return found.has(ANY_POLICY) ? [...new Set(initial)] : [...found].filter((policy) => initial.includes(policy));
}

/** Takes away nodes that nothing below them leads from; a graph without a lowest level is NULL. */
function prune(graph: PolicyGraph): void {
  const { levels } = graph;
  if (levels === undefined) return;
  for (let depth = levels.length - 1; depth > 0; depth--) {
    const used = new Set([...(levels[depth] as Level).values()].flatMap(({ parents }) => parents));
    const above = levels[depth - 1] as Level;
    for (const policy of above.keys()) if (!used.has(policy)) above.delete(policy);
  }
  if ((levels.at(-1) as Level).size === 0) graph.levels = undefined;
}
