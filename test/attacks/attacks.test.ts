/**
 * The attacks that the design names, one row each: refused by the hook of a
 * real host at a real push, by `vpr check` in a clone before it, and by
 * `vpr verify` after it was put there past the hook, by the same rule.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isZero } from '../../src/format/push.js';
import { readCertificate, toPem } from '../../src/trust/index.js';
import { vprJson } from '../commands/support.js';
import { gitLine, setRef, stateOf, type TestHost, temporary, writeObjects } from '../e2e/support.js';
import { pushFrom, writeHost } from '../e2e/support-scenario.js';
import { makePeople, need } from '../support/people.js';
import { type MadePush, type Scenario, scenario } from '../support/scenario.js';
import { quiet, rulesIn, trustOf, verify } from '../verify/support.js';
import { highS, joined, makeOthers, recontained, resigned, revokeOn, split, trustRoot } from './support.js';

const people = await makePeople();
const { jane, tom } = people.people;
const root = need(readCertificate(readFileSync(join(people.directory, 'gmc', 'authority.crt'))));
const others = await makeOthers(people, root);
const FILES = { '.gitignore': 'files/\n' };

interface Attack {
  readonly what: string;
  /** The rules that refuse it, on all three ways. */
  readonly rules: readonly string[];
  readonly push: (record: Scenario) => unknown;
  /** What the host has that others have not. */
  readonly host?: (host: TestHost) => unknown;
}

/** One commit, changed after it was signed. */
const changed = (signed: (commit: string) => string) => (record: Scenario) => record.commit({ files: FILES, signed });

/** The signature of the commit that was signed last, before this one. */
let former = '';

const ATTACKS: readonly Attack[] = [
  {
    what: 'a header that says how to read the message, signed',
    rules: ['commit/headers'],
    push: (record) => record.commit({ files: FILES, unsigned: (commit) => commit.replace('\n\n', '\nencoding latin1\n\n') }),
  },
  {
    what: 'a header that nobody signed, behind the signature',
    rules: ['commit/headers', 'commit/signature'],
    push: changed((commit) => commit.replace('\n\n', '\nnote unsigned\n\n')),
  },
  {
    what: 'a second signature, the same again',
    rules: ['commit/headers', 'commit/signature'],
    push: changed((commit) => commit.replace(/\ngpgsig (?:.*\n )*.*/, (header) => header + header)),
  },
  {
    what: 'a second signature for another object format',
    rules: ['commit/headers', 'commit/signature'],
    push: changed((commit) => commit.replace(/\ngpgsig ((?:.*\n )*.*)/, (header, value) => `${header}\ngpgsig-sha256 ${value}`)),
  },
  {
    what: 'a signed tag carried along',
    rules: ['commit/headers', 'commit/signature'],
    push: changed((commit) =>
      commit.replace('\ngpgsig ', '\nmergetag object 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n type commit\ngpgsig '),
    ),
  },
  {
    what: 'a signature moved from another commit of the same signer',
    rules: ['commit/signature'],
    push: (record) => {
      record.append();
      former = split(record.tip()).gpgsig;
      return record.commit({ files: FILES, signed: (commit) => joined(split(commit).payload, former) });
    },
  },
  {
    what: 'base64 of CMS in lines of another length',
    rules: ['commit/signature'],
    push: changed((commit) => {
      const { payload, gpgsig } = split(commit);
      const [begin = '', ...body] = gpgsig.split('\n');
      const end = body.pop() ?? '';
      return joined(payload, [begin, ...(body.join('').match(/.{1,76}/g) ?? []), end].join('\n'));
    }),
  },
  {
    what: 'base64 of a container in lines',
    rules: ['commit/signature'],
    push: changed((commit) => {
      const { payload, gpgsig } = split(resigned(commit, jane, 'container'));
      return joined(payload, (gpgsig.match(/.{1,64}/g) ?? []).join('\n'));
    }),
  },
  {
    what: 'white space in the JSON of a container',
    rules: ['commit/signature'],
    push: changed((commit) => recontained(commit, jane, (json) => json.replace(':', ': '))),
  },
  {
    what: 'a further member in the JSON of a container',
    rules: ['commit/signature'],
    push: changed((commit) => recontained(commit, jane, (json) => json.replace(/\}$/, ',"note":"x"}'))),
  },
  {
    what: 'a container whose certificate was taken out, with a key that the policy does not list',
    rules: ['commit/signer'],
    push: changed((commit) => recontained(commit, jane, (json) => json.replace(/,"certificate":"[^"]*"/, ''))),
  },
  {
    what: "a container with its author's certificate and another's key",
    rules: ['commit/signature'],
    push: changed((commit) =>
      recontained(commit, tom, (json) =>
        json.replace(/(?<="certificate":")[^"]*/, Buffer.from(toPem(jane.certificate.der)).toString('base64')),
      ),
    ),
  },
  {
    what: 'the other signature, n − s',
    rules: ['commit/signature'],
    push: changed((commit) => recontained(commit, jane, highS)),
  },
  {
    what: "another record's signed root",
    rules: ['record/identity'],
    push: (record) => record.begin((yaml) => yaml.replace(record.id, record.otherId)),
  },
  {
    what: 'an author who is not the signer',
    rules: ['commit/author'],
    push: (record) =>
      record.commit({
        files: FILES,
        unsigned: (commit) => commit.replace(`author ${jane.name} <${jane.email}>`, `author ${tom.name} <${tom.email}>`),
      }),
  },
  {
    what: 'a certificate that is revoked, because its key may be in other hands',
    rules: ['commit/signer'],
    push: (record) => record.commit({ files: FILES }),
    host: (host) => revokeOn(host, people, jane),
  },
  {
    what: 'a certificate that has expired',
    rules: ['commit/signer'],
    push: changed((commit) => resigned(commit, others.expired)),
    host: (host) => trustRoot(host, others.oldRoot.certificate),
  },
  {
    what: "a certificate of a self-signed authority with the trusted root's name",
    rules: ['commit/signer'],
    push: changed((commit) => resigned(commit, others.twin)),
  },
];

/** A clone that has the push committed, and what the host had as its origin/main. */
async function cloneOf(directory: string, host: TestHost, trust: string, { objects, updates }: MadePush): Promise<string> {
  const clone = join(directory, 'clone');
  await gitLine(directory, 'init', '--quiet', '--initial-branch=main', clone);
  writeObjects(join(clone, '.git'), objects);
  const [main] = updates;
  setRef(join(clone, '.git'), 'refs/heads/main', main?.new ?? '');
  await gitLine(clone, 'config', 'remote.origin.url', host.repository);
  await gitLine(clone, 'config', 'vpr.trust', trust);
  if (!isZero(main?.old ?? '')) await gitLine(clone, 'update-ref', 'refs/remotes/origin/main', main?.old ?? '');
  return clone;
}

t.jobs = 2;
for (const { what, rules, push, host: prepare } of ATTACKS) {
  t.test(what, { buffered: true }, async (t) => {
    const directory = temporary(t);
    quiet(directory);
    // Begun when the certificates had begun: a look without a journal goes by the committer's dates.
    const record = scenario(people, undefined, 60, 120);
    push(record);
    const made = record.made();
    const host = writeHost(directory, people, made);
    await prepare?.(host);
    const trust = trustOf(directory, host);
    const clone = await cloneOf(directory, host, trust, made);

    const before = stateOf(host);
    const { status, stderr } = await pushFrom(join(clone, '.git'), made.updates);
    t.equal(status, 1);
    const refused = [...new Set([...stderr.matchAll(/^remote: error (\S+)/gm)].map(([, id]) => id ?? ''))].sort();
    t.same(refused, [...rules], 'the hook', { stderr });
    t.same(stateOf(host), before, 'nothing has moved');

    const checked = vprJson(clone, ['check']);
    t.match(checked, { status: 1, value: { accepted: false } });
    const problems = (checked.value['problems'] ?? []) as { rule: string; severity: string }[];
    t.same([...new Set(problems.map(({ rule }) => rule))].sort(), [...rules], 'vpr check');

    // Past the hook: into the repository's own files.
    const [main] = made.updates;
    writeObjects(host.repository, made.objects);
    writeFileSync(join(host.repository, 'refs/heads/main'), `${main?.new}\n`);
    const range = isZero(main?.old ?? '') ? {} : { range: `${main?.old}..${main?.new}` };
    const found = await verify({ in: host.repository, trust, ...range });
    t.equal(found.good, false);
    t.same(rulesIn(found), [...rules], 'vpr verify');
    const whole = await verify({ in: host.repository, trust });
    t.equal(whole.good, false);
    for (const rule of rules) t.ok(rulesIn(whole).includes(rule), `vpr verify of all of it: ${rule}`);
  });
}

t.test('the same without an attack is accepted on all three ways', async (t) => {
  const directory = temporary(t);
  quiet(directory);
  const record = scenario(people, undefined, 60, 120).commit({ files: FILES, signed: (commit) => resigned(commit, jane, 'container') });
  const made = record.made();
  const host = writeHost(directory, people, made);
  const trust = trustOf(directory, host);
  const clone = await cloneOf(directory, host, trust, made);
  t.match(vprJson(clone, ['check']), { status: 0, value: { accepted: true } });
  t.match(await pushFrom(join(clone, '.git'), made.updates), { status: 0 });
  t.match(await verify({ in: host.repository, trust }), { good: true });
});
