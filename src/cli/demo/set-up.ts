/** The demo's world: two authorities, a host that trusts them, and three people with a clone each. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VprError } from '../../errors.js';
import { editYaml, newUuid, recordPath } from '../../format/index.js';
import { commandLine } from '../../format/shell.js';
import { makeTemporary } from '../../records/files.js';
import { PEOPLE, type Person } from './scene.js';
import type { Shell, Typed } from './shell.js';

/** What stands for `{…}` in a step. `thread` is the beginning of the one thread's id, once there is one. */
export interface Facts extends Readonly<Record<Person | 'record' | 'other', string>> {
  readonly thread?: string;
}

/** Where everything of a demo lies. */
export interface World {
  readonly root: string;
  readonly host: string;
  /** The record's bare repository on the host. */
  readonly bare: string;
  readonly clones: Readonly<Record<Person, string>>;
  readonly facts: Facts;
}

/** A line of the set-up: typed into sh, or a sentence with what is done instead. */
export type SetUpStep = string | { readonly says: string; readonly does: () => void };

/** What the host trusts: the directory of an authority, and the class its one authority stands for. */
const TRUSTED = [
  { ca: 'gmc', authority: 'GMC', class: 'clinician' },
  { ca: 'ouh', authority: 'OUH-patients', class: 'patient' },
] as const;

/** A new directory for the demo, or the one that is given, which must be new or empty. Throws `demo/not-empty`. */
export function demoDirectory(given: string | undefined): string {
  if (given === undefined) return makeTemporary('demo');
  const directory = resolve(given);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new VprError('demo/not-empty', `${directory} is not empty`, { help: ['name a new directory: vpr demo --dir DIR'] });
  }
  mkdirSync(directory, { recursive: true });
  return realpathSync(directory);
}

/** Names and ids of a demo in a directory; nothing of it is there yet. */
export function planWorld(root: string): World {
  const record = newUuid();
  const host = join(root, 'host');
  const clone = (person: Person) => join(root, person, 'record');
  return {
    root,
    host,
    bare: join(host, recordPath('coordination', record)),
    clones: { jane: clone('jane'), tom: clone('tom'), john: clone('john') },
    facts: { jane: newUuid(), tom: newUuid(), john: newUuid(), record, other: newUuid() },
  };
}

/** The set-up as typed in the demo's directory. */
export function setUpSteps({ root, host, bare, facts }: World): readonly SetUpStep[] {
  const people = Object.keys(PEOPLE) as Person[];
  const inRoot = (path: string) => path.slice(root.length + 1);
  return [
    'vpr cert authority gmc --name "GMC demo root" --authority GMC --no-passphrase',
    'vpr cert authority ouh --name "Oxford University Hospitals demo root" --authority OUH-patients --no-passphrase',
    ...people.map((person) => issueLine(person, facts)),
    'vpr host init host',
    { says: 'host/vpr.yaml: trust GMC for clinicians, OUH-patients for patients', does: () => trust(root, host) },
    commandLine('vpr', 'host', 'add', 'host', 'coordination', '--id', facts.record),
    'vpr trust export host --out trust.json',
    ...people.flatMap((person) => [`git clone --quiet ${inRoot(bare)} ${person}/record`, setUpLine(person)]),
  ];
}

/** Runs one step of the set-up. */
export function runSetUp({ root }: World, shell: Shell, step: SetUpStep): Typed {
  if (typeof step === 'string') return shell(root, step);
  step.does();
  return { output: '', status: 0 };
}

function issueLine(person: Person, facts: Facts): string {
  const { ca, name, authority, number, email } = PEOPLE[person];
  const line = commandLine('vpr', 'cert', 'issue', '--ca', ca, '--authority', authority, '--number', number, '--email', email);
  return `${line} --name "${name}" --participant ${facts[person]} --out ${person}`;
}

function setUpLine(person: Person): string {
  const { files, careLocation } = PEOPLE[person];
  return `vpr setup --in ${person}/record --certificate ${person}/${files}.crt --key ${person}/${files}.key --care-location "${careLocation}" --trust trust.json`;
}

function trust(root: string, host: string): void {
  for (const { ca } of TRUSTED) copyFileSync(join(root, ca, 'authority.crt'), join(host, 'trust', `${ca}.crt`));
  const policy = join(host, 'vpr.yaml');
  const roots = TRUSTED.map(({ ca, authority, class: stands }) => ({
    file: `trust/${ca}.crt`,
    authorities: [{ name: authority, class: stands }],
  }));
  writeFileSync(
    policy,
    editYaml(readFileSync(policy), [
      { path: ['roots'], value: roots },
      { path: ['resident_minutes'], value: 0 }, // nothing of a demo goes on when it is over
    ]),
  );
}
