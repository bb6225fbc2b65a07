/** The people of the examples, with keys and certificates of their own, and a host's policy that trusts their roots. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Policy, readPolicy } from '../../src/format/policy.js';
import { createAuthority } from '../../src/records/authority.js';
import { fileNameOf } from '../../src/records/certificate-names.js';
import { issueCertificate } from '../../src/records/issue.js';
import { readCertificate } from '../../src/trust/certificate/read.js';
import { loadTrust } from '../../src/trust/store.js';
import type { Certificate, Trust } from '../../src/trust/types.js';
import type { Person } from '../../src/validators/example.js';
import { RULES } from '../../src/validators/rules.js';
import { copyOfKept } from './kept.js';

export interface TestPerson {
  readonly name: string;
  readonly email: string;
  /** Participant id. */
  readonly id: string;
  readonly authority: string;
  readonly number: string;
  /** The role in the examples' thread; for those who are in none, the one their class writes in. */
  readonly role: string;
  readonly key: KeyObject;
  readonly certificate: Certificate;
  readonly files: { readonly certificate: string; readonly key: string };
}

export interface People {
  readonly people: Readonly<Record<Person, TestPerson>>;
  readonly policyText: string;
  readonly policy: Policy;
  readonly trust: Trust;
  /** A directory with `vpr.yaml`'s files: `gmc.crt`, `org.crt`. */
  readonly directory: string;
}

const WHO: Readonly<Record<Person, readonly [name: string, authority: string, number: string, role: string, id: string]>> = {
  jane: ['Dr Jane Smith', 'GMC', '1234567', 'clinician', '4f8c2a1d-9e3b-4a7c-8f1e-6b0d2c5a9f12'],
  tom: ['Dr Tom Patel', 'GMC', '7654321', 'clinician', 'a1d3c5e7-f9b2-4680-b2d4-f6e8c0a9d1e3'],
  rob: ['Dr Rob Hill', 'GMC', '5555555', 'clinician', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  pat: ['John Doe', 'NHS', '9434765919', 'patient', '9b7c6d5e-4f3a-4b1c-8e8d-7f6a5b4c3d2e'],
  ada: ['Ada Jones', 'ORG', 'A17', 'careadministrator', '7c9e6679-7425-40de-944b-e07fc1f90ae7'],
  sue: ['Sue Doe', 'REL', 'R1', 'patientassociate', 'c56a4180-65aa-42ec-a945-5fd21dec0538'],
  bot: ['Oxford Lab System', 'SYS', 'S1', 'system', '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'],
};

const POLICY = `version: 1
organisations: [Example NHS Trust]
roots:
  - file: gmc.crt
    authorities: [{ name: GMC, class: clinician }]
  - file: org.crt
    authorities:
      - { name: ORG, class: administrator }
      - { name: NHS, class: patient }
      - { name: REL, class: associate }
      - { name: SYS, class: system }
`;

/** How often this process has asked for people. */
let asked = 0;

/**
 * Everybody, in a directory of their own. Two calls give people of the same
 * names under different roots. They are made anew for a directory that is
 * named; else other processes have people with the same keys.
 */
export async function makePeople(named?: string): Promise<People> {
  const directory = named ?? ownDirectory();
  if (named !== undefined) await issueAll(named);
  else {
    asked += 1;
    await copyOfKept(`people-${asked}`, directory, issueAll);
  }
  const people = Object.fromEntries(
    Object.entries(WHO).map(([person, [name, authority, number, role, id]]) => {
      const [certificate, key] = ['crt', 'key'].map((end) => join(directory, `${fileNameOf(name)}.${end}`)) as [string, string];
      const read = { key: createPrivateKey(readFileSync(key)), certificate: need(readCertificate(readFileSync(certificate))) };
      return [person, { name, email: emailOf(person), id, authority, number, role, ...read, files: { certificate, key } }];
    }),
  ) as Record<Person, TestPerson>;
  const policy = need(readPolicy(Buffer.from(POLICY), new Map(RULES.map((rule) => [rule.id, { fixed: rule.fixed === true }]))));
  const trust = need(loadTrust(policy, (path) => readFileSync(join(directory, path.replace('.crt', ''), 'authority.crt'))));
  return { people, policy, trust, policyText: POLICY, directory };
}

/** Makes the authorities, and a key and a certificate for everybody. */
async function issueAll(directory: string): Promise<void> {
  await createAuthority({ directory: join(directory, 'gmc'), name: 'Test GMC', authorities: ['GMC'], days: 3650 });
  await createAuthority({
    directory: join(directory, 'org'),
    name: 'Test organisation',
    authorities: ['ORG', 'NHS', 'REL', 'SYS'],
    days: 3650,
  });
  await Promise.all(
    Object.entries(WHO).map(([person, [name, authority, number, , id]]) =>
      issueCertificate({
        authority: join(directory, authority === 'GMC' ? 'gmc' : 'org'),
        name,
        registration: { authority, number },
        further: [],
        email: emailOf(person),
        participant: id,
        days: 365,
        out: directory,
      }),
    ),
  );
}

function emailOf(person: string): string {
  return `${person}@example.org`;
}

/** The value of a reading that must succeed. */
export function need<T>(reading: { ok: true; value: T } | { ok: false; faults: readonly { message: string }[] }): T {
  if (reading.ok) return reading.value;
  throw new Error(reading.faults.map(({ message }) => message).join('; '));
}

/** A directory that is gone with this process. */
function ownDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vpr-people-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
