import type { PolicyFile } from './generated/types.js';
import { didYouMean } from './nearest.js';
import { bytesOf, milliseconds } from './policy-units.js';
import { printable } from './text.js';
import { MAX_YAML_BYTES } from './yaml.js';
import { placeOf, type YamlPath } from './yaml-place.js';

/** The rules there are, by id. `fixed`: a policy can't set it. */
export type KnownRules = ReadonlyMap<string, { readonly fixed: boolean }>;

interface PolicyFault {
  readonly path: YamlPath;
  readonly message: string;
}

const MAX_FAULTS = 20;
const MAX_SKEW = '24h';

/** The largest sizes a policy may set: beyond them reading would take a host's memory. */
const LARGEST = {
  yaml_bytes: MAX_YAML_BYTES,
  thread_bytes: bytesOf('256 MiB'),
  commit_bytes: bytesOf('16 MiB'),
  tree_bytes: bytesOf('64 MiB'),
} as const;

/** What its schema can't say of a policy that fits it. */
export function policyFaults(policy: PolicyFile, rules: KnownRules): PolicyFault[] {
  return [...ruleFaults(policy, rules), ...limitFaults(policy), ...authorityFaults(policy)].slice(0, MAX_FAULTS);
}

function* ruleFaults({ rules = {} }: PolicyFile, known: KnownRules): Generator<PolicyFault> {
  for (const id of Object.keys(rules)) {
    const rule = known.get(id);
    const path = ['rules', id];
    if (rule === undefined) yield { path, message: `rules: there is no rule "${printable(id, 40)}"${didYouMean(id, known.keys())}` };
    else if (rule.fixed) yield { path, message: `rules: ${id} is always an error, since other rules build on it: leave it out` };
  }
}

function* limitFaults({ skew, limits = {} }: PolicyFile): Generator<PolicyFault> {
  if (skew !== undefined && milliseconds(skew) > milliseconds(MAX_SKEW)) {
    yield { path: ['skew'], message: `skew: "${skew}" is more than ${MAX_SKEW}` };
  }
  for (const [key, largest] of Object.entries(LARGEST)) {
    const size = limits[key as keyof typeof LARGEST];
    const path = ['limits', key];
    if (size !== undefined && bytesOf(size) > largest) {
      yield { path, message: `${placeOf(path)}: "${size}" is more than the ${largest} bytes that can be read` };
    }
  }
}

/** An authority that is named twice would stand for two classes, or for one by accident. */
function* authorityFaults({ roots = [], certificates = [] }: PolicyFile): Generator<PolicyFault> {
  for (const [key, files] of Object.entries({ roots, certificates })) {
    for (const [index, { authorities = [] }] of files.entries()) {
      const names = authorities.map(({ name }) => name);
      for (const [at, name] of names.entries()) {
        const path = [key, index, 'authorities', at, 'name'];
        if (names.indexOf(name) < at) yield { path, message: `${placeOf(path)}: "${printable(name, 40)}" is named twice` };
      }
    }
  }
}
