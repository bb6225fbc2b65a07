/** `openssl verify` as the oracle: revocation lists, policies and name constraints of generated paths. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { element, objectId, sequence } from '../../src/trust/der/write.js';
import { findPaths } from '../../src/trust/path/build.js';
import { type PathSettings, pathFaults } from '../../src/trust/path/validate.js';
import { toPem } from '../../src/trust/pem.js';
import { judgeRevocation } from '../../src/trust/revocation/judge.js';
import { readRevocationLists } from '../../src/trust/revocation/read.js';
import { standingsOf } from '../../src/trust/revocation/standing.js';
import { type Holder, make, makeAuthority, makeKeys, NOW, x509 } from './support/authorities.js';
import { extension, makeList, pemOf } from './support/lists.js';
import { needsProgram } from './support/shared.js';

const directory = mkdtempSync(join(tmpdir(), 'vpr-openssl-'));
t.teardown(() => rmSync(directory, { recursive: true }));
t.jobs = 1;

/** Identifiers, because openssl takes the first certificate of a name and asks no other. */
async function identified(keys: Holder['keys'], issuer: Holder['keys']): Promise<x509.Extension[]> {
  return [
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as x509.PublicKeyType),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey as x509.PublicKeyType),
  ];
}

const KEYS = await Promise.all([makeKeys(), makeKeys(), makeKeys(), makeKeys()]);
const [rootKeys, ...belowKeys] = KEYS as [Holder['keys'], ...Holder['keys'][]];
const root = await makeAuthority('Root', { keys: rootKeys, extensions: await identified(rootKeys, rootKeys) });

/** Root, authorities with these extensions each, and a leaf with the last ones and these names. */
async function chainOf(levels: readonly (readonly x509.Extension[])[], leafNames: readonly Uint8Array[] = []): Promise<Holder[]> {
  const chain = [root];
  for (const [i, extensions] of levels.entries()) {
    const [issuer, keys] = [chain[0] as Holder, belowKeys[i] as Holder['keys']];
    const all = [...(await identified(keys, issuer.keys)), ...extensions];
    const names = leafNames.length === 0 ? [] : [new x509.Extension('2.5.29.17', false, sequence(...leafNames))];
    const isLeaf = i === levels.length - 1;
    chain.unshift(
      isLeaf
        ? await make({ subject: [{ CN: ['The leaf'] }], keys, issuer, extensions: [...all, ...names] })
        : await makeAuthority(`Level ${i}`, { keys, issuer, extensions: all }),
    );
  }
  return chain;
}

function ours([leaf, ...rest]: readonly Holder[], settings: PathSettings, lists: readonly Uint8Array[] | undefined): string {
  const anchor = { certificate: root.certificate, authorities: [] };
  const between = rest.slice(0, -1).map(({ certificate }) => certificate);
  const [path] = findPaths((leaf as Holder).certificate, between, [anchor]).paths;
  if (path === undefined) return 'no path';
  const faults = pathFaults(path, NOW, settings);
  if (lists !== undefined) {
    const read = lists.flatMap((list) => {
      const reading = readRevocationLists(list);
      return reading.ok ? reading.value : [];
    });
    const { revoked, notShown, unknown } = judgeRevocation(
      standingsOf(path, { early: [], lists: read, pool: [...between, root.certificate], anchor }),
      NOW,
      'host',
    );
    faults.push(...revoked, ...notShown, ...unknown);
  }
  return faults.map(({ message }) => message).join('; ');
}

function theirs(chain: readonly Holder[], ...options: readonly string[]): string {
  const file = (name: string, holders: readonly Holder[]) => {
    writeFileSync(join(directory, name), holders.map(({ certificate }) => toPem(certificate.der)).join(''));
    return join(directory, name);
  };
  const between = chain.slice(1, -1);
  const { status, stderr, stdout } = spawnSync('openssl', [
    ...['verify', '-no-CApath', '-no-CAstore', '-attime', String(NOW.getTime() / 1000), '-CAfile', file('root', chain.slice(-1))],
    ...(between.length === 0 ? [] : ['-untrusted', file('between', between)]),
    ...options,
    file('leaf', chain.slice(0, 1)),
  ]);
  return status === 0 ? '' : `${stderr}${stdout}`;
}

function compare(our: string, their: string, seen: { good: number; bad: number }): void {
  if ((our === '') !== (their === '')) throw new Error(`ours: ${our || 'good'}\nopenssl: ${their || 'good'}`);
  seen[our === '' ? 'good' : 'bad']++;
}

/** Sixty at a time, until there were more than ten of each kind: chance can give few of one. */
async function untilEnough<T>(
  property: fc.IAsyncPropertyWithHooks<T>,
  seen: { readonly good: number; readonly bad: number },
): Promise<void> {
  for (let round = 0; round < 5 && (seen.good <= 10 || seen.bad <= 10); round += 1) await fc.assert(property, { numRuns: 60 });
}

const some = needsProgram('openssl', 'openssl');

t.test('revocation lists (-crl_check_all)', some, async (t) => {
  const chain = await chainOf([[], []]);
  const [leaf, inter] = chain as [Holder, Holder, Holder];
  const stranger = { ...root, ...(await makeAuthority('Stranger')), certificate: root.certificate };
  const kind = fc.oneof(
    { weight: 6, arbitrary: fc.constant('good') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('absent', 'stale', 'revoked', 'another', 'held', 'forged', 'users', 'authorities', 'strange', 'partly'),
    },
  );
  const listOf = (issuer: Holder, subject: Holder, what: string): Uint8Array[] => {
    if (what === 'absent') return [];
    const about = (...flags: Uint8Array[]) => [extension('2.5.29.28', true, sequence(...flags))];
    const date = '2026-04-01T00:00:00Z';
    const change = {
      stale: { from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z' },
      revoked: { entries: [{ holder: subject, date, reason: 4 }] },
      held: { entries: [{ holder: subject, date, reason: 6 }] },
      another: { entries: [{ serial: '0123', date, reason: 1 }] },
      forged: { signer: stranger },
      users: { extensions: about(element(0x81, Uint8Array.of(0xff))) },
      authorities: { extensions: about(element(0x82, Uint8Array.of(0xff))) },
      partly: { extensions: about(element(0x83, Uint8Array.of(5, 0x60))) },
      strange: { extensions: [extension('1.2.3.4', true, Uint8Array.of(5, 0))] },
    }[what];
    return [makeList({ issuer, ...change })];
  };
  const seen = { good: 0, bad: 0 };
  await fc.assert(
    fc.asyncProperty(kind, kind, async (above, below) => {
      const lists = [...listOf(root, inter, above), ...listOf(inter, leaf, below)];
      writeFileSync(join(directory, 'lists'), pemOf(...lists));
      const options = lists.length === 0 ? [] : ['-CRLfile', join(directory, 'lists')];
      compare(ours(chain, {}, lists), theirs(chain, '-crl_check_all', ...options), seen);
    }),
    { numRuns: 60 },
  );
  t.ok(seen.good > 5 && seen.bad > 5, JSON.stringify(seen));
});

const ANY = '2.5.29.32.0';
const [P1, P2, P3] = ['1.3.1', '1.3.2', '1.3.3'];

function policyExtensions(spec: {
  readonly policies: readonly string[] | undefined;
  readonly mappings: readonly (readonly [string, string])[];
  readonly explicit: number | undefined;
  readonly inhibitMapping: number | undefined;
  readonly inhibitAny: number | undefined;
}): x509.Extension[] {
  const { policies, mappings, explicit, inhibitMapping, inhibitAny } = spec;
  const small = (tag: number, value: number | undefined) => (value === undefined ? [] : [element(tag, Uint8Array.of(value))]);
  const constraints = [...small(0x80, explicit), ...small(0x81, inhibitMapping)];
  return [
    ...(policies === undefined
      ? []
      : [new x509.Extension('2.5.29.32', false, sequence(...policies.map((one) => sequence(objectId(one)))))]),
    ...(mappings.length === 0
      ? []
      : [new x509.Extension('2.5.29.33', true, sequence(...mappings.map(([from, to]) => sequence(objectId(from), objectId(to)))))]),
    ...(constraints.length === 0 ? [] : [new x509.Extension('2.5.29.36', true, sequence(...constraints))]),
    ...small(0x02, inhibitAny).map((value) => new x509.Extension('2.5.29.54', true, value)),
  ];
}

t.test('certificate policies (-policy_check)', some, async (t) => {
  const policy = fc.constantFrom(P1 as string, P2 as string, P3 as string);
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  const level = fc.record({
    policies: fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 8, arbitrary: fc.uniqueArray(fc.oneof(policy, fc.constant(ANY)), { minLength: 1, maxLength: 3 }) },
    ),
    mappings: fc.oneof(
      { weight: 2, arbitrary: fc.constant<[string, string][]>([]) },
      { weight: 1, arbitrary: fc.array(fc.tuple(policy, policy), { maxLength: 2 }) },
    ),
    explicit: maybe(fc.nat(2)),
    inhibitMapping: maybe(fc.nat(2)),
    inhibitAny: maybe(fc.nat(2)),
  });
  const seen = { good: 0, bad: 0 };
  const start = fc.record({
    initial: maybe(policy),
    explicit: fc.boolean(),
    inhibitMapping: maybe(fc.constant(true)),
    inhibitAny: maybe(fc.constant(true)),
  });
  await untilEnough(
    fc.asyncProperty(
      fc.array(level, { minLength: 1, maxLength: 3 }),
      start,
      async (levels, { initial, explicit, inhibitMapping, inhibitAny }) => {
        // Mapping what a certificate has only by anyPolicy is left out: openssl does that also where anyPolicy is inhibited.
        const specs = levels.map((one, i) => ({
          ...one,
          mappings: i === levels.length - 1 ? [] : one.mappings.filter(([from]) => one.policies?.includes(from) === true),
        }));
        const chain = await chainOf(specs.map(policyExtensions));
        const settings: PathSettings = {
          ...(initial === undefined ? {} : { initialPolicies: [initial] }),
          explicitPolicy: explicit,
          inhibitPolicyMapping: inhibitMapping === true,
          inhibitAnyPolicy: inhibitAny === true,
        };
        const options = [
          '-policy_check',
          // To openssl, no policy given is no policy, not any.
          ...['-policy', initial ?? ANY],
          ...(explicit ? ['-explicit_policy'] : []),
          ...(inhibitMapping === true ? ['-inhibit_map'] : []),
          ...(inhibitAny === true ? ['-inhibit_any'] : []),
        ];
        compare(ours(chain, settings, undefined), theirs(chain, ...options), seen);
      },
    ),
    seen,
  );
  t.ok(seen.good > 10 && seen.bad > 10, JSON.stringify(seen));
});

t.test('name constraints', some, async (t) => {
  const text = (tag: number) => (value: string) => element(tag, Buffer.from(value));
  const name = fc.oneof(
    fc.constantFrom('example.org', 'a.example.org', 'b.a.example.org', 'badexample.org', 'example.com').map(text(0x82)),
    fc.constantFrom('x@example.org', 'x@a.example.org', 'y@example.org').map(text(0x81)),
    fc.constantFrom('https://example.org/', 'https://a.example.org/x', 'https://b.a.example.org:80/').map(text(0x86)),
  );
  const base = fc.oneof(
    fc.constantFrom('example.org', 'a.example.org', 'example.com').map(text(0x82)),
    fc.constantFrom('example.org', '.example.org', 'x@example.org').map(text(0x81)),
    fc.constantFrom('example.org', '.example.org').map(text(0x86)),
  );
  const constraints = fc.tuple(fc.array(base, { maxLength: 2 }), fc.array(base, { maxLength: 1 })).map(([permitted, excluded]) => {
    const list = (tag: number, bases: readonly Uint8Array[]) =>
      bases.length === 0 ? [] : [element(tag, ...bases.map((one) => sequence(one)))];
    const lists = [...list(0xa0, permitted), ...list(0xa1, excluded)];
    return lists.length === 0 ? [] : [new x509.Extension('2.5.29.30', true, sequence(...lists))];
  });
  const seen = { good: 0, bad: 0 };
  await untilEnough(
    fc.asyncProperty(fc.array(constraints, { minLength: 1, maxLength: 2 }), fc.array(name, { maxLength: 2 }), async (levels, names) => {
      const chain = await chainOf([...levels, []], names);
      compare(ours(chain, {}, undefined), theirs(chain), seen);
    }),
    seen,
  );
  t.ok(seen.good > 10 && seen.bad > 10, JSON.stringify(seen));
});
