/** A small world for tests: an authority, people with certificates, a bare repository, clones that are set up. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Answer, judgeHistory } from '../../src/cli/judging.js';
import { MAIN } from '../../src/format/push.js';
import { createAuthority } from '../../src/records/authority.js';
import { fileNameOf } from '../../src/records/certificate-names.js';
import { commitOf, openRepository } from '../../src/records/clone.js';
import { createHierarchy } from '../../src/records/hierarchy.js';
import { type Issued, issueCertificate } from '../../src/records/issue.js';
import type { WrittenEncoding } from '../../src/records/settings.js';
import { setUp } from '../../src/records/setup.js';
import { renderBundle } from '../../src/records/trust-bundle.js';
import { exportBundle } from '../../src/records/trust-export.js';
import { KNOWN_RULES } from '../../src/validators/index.js';
import { copyOfKept } from '../support/kept.js';
import { goneAfter } from '../support/signed.js';

export const RECORD = '7f4c2e9d-4b0a-4f3a-9a2c-0e9a6b5d1c88';

/** Who takes part: name, authority, number. */
const PEOPLE = {
  jane: ['Dr Jane Smith', 'GMC', '1234567', 'jane.smith@example.org'],
  tom: ['Dr Tom Brown', 'GMC', '7654321', 'tom.brown@example.org'],
  ada: ['Ada Clerk', 'ADMIN', '77', 'ada.clerk@example.org'],
  john: ['John Doe', 'PATIENTS', '9434765919', 'john.doe@example.org'],
} as const;

export type Person = keyof typeof PEOPLE;

export interface World {
  readonly directory: string;
  readonly people: Readonly<Record<Person, Pick<Issued, 'certificate' | 'key'> & { readonly participantId: string }>>;
  readonly bare: string;
  readonly trust: string;
  /** A clone of the bare repository, set up for a person. */
  clone(name: string, person: Person, encoding?: WrittenEncoding): Promise<string>;
  /** The host's verdict on what the bare repository has. */
  judge(): Promise<Answer>;
}

/** Git's environment in tests: nobody's configuration but the repositories' own. */
process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
process.env['GIT_CONFIG_NOSYSTEM'] = '1';

/** In a directory: an authority with an intermediate, in `ca`, and a certificate that the intermediate has issued. */
export async function janeBelowIntermediate(directory: string): Promise<{ readonly ca: string; readonly jane: Issued }> {
  const ca = join(directory, 'ca');
  await createHierarchy({ directory: ca, name: 'Elm', authorities: ['GMC'], days: 100, issuing: { days: 50 } });
  const jane = await issueCertificate({
    authority: ca,
    name: 'Dr Jane Smith',
    registration: { authority: 'GMC', number: '1' },
    further: [],
    email: 'jane@example.org',
    participant: 'new',
    days: 30,
    out: directory,
  });
  return { ca, jane };
}

export async function makeWorld(t: Test): Promise<World> {
  const directory = temporary(t);
  await copyOfKept('world', directory, issueAll);
  const ids = JSON.parse(readFileSync(join(directory, IDS), 'utf8')) as Record<Person, string>;
  const file = (person: Person, end: string) => join(directory, 'certificates', `${fileNameOf(PEOPLE[person][0])}.${end}`);
  const people = Object.fromEntries(
    (Object.keys(PEOPLE) as Person[]).map((person) => [
      person,
      { certificate: file(person, 'crt'), key: file(person, 'key'), participantId: ids[person] },
    ]),
  ) as World['people'];
  const host = join(directory, 'host');
  mkdirSync(host);
  writeFileSync(
    join(host, 'vpr.yaml'),
    `version: 1\nroots:\n  - file: ../ca/authority.crt\n    authorities:\n      - { name: GMC, class: clinician }\n      - { name: ADMIN, class: administrator }\n      - { name: PATIENTS, class: patient }\n`,
  );
  const trust = join(directory, 'trust.json');
  writeFileSync(trust, renderBundle(exportBundle(host, KNOWN_RULES)));
  const plain = RECORD.replaceAll('-', '');
  const bare = join(host, 'coordination', plain.slice(0, 2), plain.slice(2, 4), `${plain}.git`);
  run(directory, 'git', 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  return {
    directory,
    people,
    bare,
    trust,
    async clone(name, person, encoding = 'cms') {
      const clone = join(directory, name);
      run(directory, 'git', 'clone', '--quiet', bare, clone);
      const { certificate, key } = people[person];
      await setUp({ directory: clone, certificate, key, encoding, careLocation: 'Oxford University Hospitals', trust, rules: KNOWN_RULES });
      return clone;
    },
    judge() {
      const repository = openRepository(bare);
      const now = new Date();
      return judgeHistory({
        repository,
        to: commitOf(bare, MAIN) ?? '',
        times: () => ({ received: now, latest: now, known: 'host' }) as const,
        trust,
        whole: true,
      });
    },
  };
}

/** The people's participant ids, which their certificates have been given. */
const IDS = 'participants.json';

/** Makes the authority, and a key and a certificate for everybody. */
async function issueAll(directory: string): Promise<void> {
  const authority = join(directory, 'ca');
  await createAuthority({ directory: authority, name: 'Test root', authorities: ['GMC', 'ADMIN', 'PATIENTS'], days: 100 });
  const ids = await Promise.all(
    Object.entries(PEOPLE).map(async ([person, [name, o, number, email]]) => {
      const registration = { authority: o, number };
      const out = join(directory, 'certificates');
      const issued = await issueCertificate({ authority, name, registration, further: [], email, participant: 'new', days: 90, out });
      return [person, issued.participantId];
    }),
  );
  writeFileSync(join(directory, IDS), JSON.stringify(Object.fromEntries(ids)));
}

/** A new directory that the test removes. */
export function temporary(t: Test): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'vpr-'));
  goneAfter(t, directory);
  return directory;
}

/** Runs a program and returns what it printed; throws with its stderr where it fails. */
export function run(directory: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
