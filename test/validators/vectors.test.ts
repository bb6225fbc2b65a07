/**
 * Histories that VPR's own program wrote: every commit of theirs holds only
 * what it wrote itself and so removes the rest (vectors/README.md). A guarded
 * host refuses them; FORMAT.md §9 says how such a record is taken over instead.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { parseUuid } from '../../src/format/identifiers.js';
import { git, gitLine, makeHost, stateOf, temporary } from '../e2e/support.js';
import { makePeople } from '../support/people.js';

const VECTORS = resolve('../shared/vectors/vpr');

interface Records {
  readonly records: readonly { readonly name: string; readonly coordination: string; readonly coordination_commits: number }[];
}

t.test("histories of VPR's program", { skip: existsSync(VECTORS) ? false : `${VECTORS} is not here` }, async (t) => {
  const people = await makePeople();
  const { records }: Records = JSON.parse(readFileSync(join(VECTORS, 'records.json'), 'utf8'));
  t.ok(records.length > 0);
  for (const { name, coordination, coordination_commits: commits } of records) {
    const directory = temporary(t);
    const id = parseUuid(coordination) ?? '';
    const host = makeHost(join(directory, 'host'), people, { record: id });
    const client = join(directory, 'client.git');
    await gitLine(directory, 'clone', '--quiet', '--bare', join(VECTORS, `${name}.coordination.bundle`), client);
    const before = stateOf(host);
    const { status, stderr } = await git(client, 'push', host.repository, 'HEAD:refs/heads/main');
    t.equal(status, 1, name);
    t.match(stderr, new RegExp(`remote: refused: \\d+ problems in \\d+ of ${commits} commit`));
    if (commits > 1)
      t.match(
        stderr,
        /remote: error record\/no-removal {2}COORDINATION_STATUS\.yaml\s+remote: {3}commit [0-9a-f]{9}: disappears; nothing leaves a record/,
      );
    t.strictSame(stateOf(host), before);
  }
});
