import { readFileSync } from 'node:fs';
import { VprError } from '../errors.js';
import { packageFile } from './package.js';

/** What a launcher is told when it is installed. All are absolute paths but `path`, which is a `PATH`, and `perl`, which may be empty. */
export interface LauncherValues {
  readonly node: string;
  /** The host's directory with the program. */
  readonly hooks: string;
  /** The host's directory. */
  readonly host: string;
  /** Where git is found: ssh servers and web servers give hooks a short one, or none. */
  readonly path: string;
  /** Perl, on Linux; empty where there is none. */
  readonly perl: string;
}

/** What the hook is told that tells the watcher. */
export type HintValues = Pick<LauncherValues, 'host' | 'path'>;

const LAUNCHER = { file: 'hooks/pre-receive', names: ['node', 'hooks', 'host', 'path', 'perl'] } as const;
const HINT = { file: 'hooks/post-receive', names: ['host', 'path'] } as const;

/** The text of a launcher: the template `hooks/pre-receive` with its values, quoted for sh. */
export function renderLauncher(values: LauncherValues): string {
  return render(LAUNCHER, values);
}

/** The values of a launcher's text; undefined where it isn't, byte for byte, what `renderLauncher` makes. */
export function readLauncher(text: string): LauncherValues | undefined {
  return readBack(LAUNCHER, text);
}

/** The text of the hook that tells the watcher: the template `hooks/post-receive`, as `renderLauncher` does it. */
export function renderHint(values: HintValues): string {
  return render(HINT, values);
}

/** The values of that hook's text; undefined where it isn't, byte for byte, what `renderHint` makes. */
export function readHint(text: string): HintValues | undefined {
  return readBack(HINT, text);
}

/** Whether a hook is a launcher of ours, of whatever version and however changed. */
export function isOurs(text: string): boolean {
  return text.startsWith('#!/bin/sh\n# vpr: ');
}

/** A line end could not be told from the next line when the launcher is read back. */
function quote(value: string): string {
  if (/[\0\n]/.test(value)) throw new VprError('hooks/odd-path', `a path with a line end cannot stand in a hook: ${JSON.stringify(value)}`);
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

interface Template<Name extends string> {
  readonly file: string;
  readonly names: readonly Name[];
}

function render<Name extends string>({ file, names }: Template<Name>, values: Readonly<Record<Name, string>>): string {
  const text = readFileSync(packageFile(file), 'utf8');
  return text.replaceAll(/@([A-Z]+)@/g, (mark, upper: string) => {
    const name = names.find((known) => known.toUpperCase() === upper);
    return name === undefined ? mark : quote(values[name]);
  });
}

function readBack<Name extends string>(template: Template<Name>, text: string): Readonly<Record<Name, string>> | undefined {
  const found = new Map<string, string>();
  for (const match of text.matchAll(/^([a-z]+)='([^\n]*)'$/gm)) found.set(match[1] ?? '', (match[2] ?? '').replaceAll(`'\\''`, "'"));
  if (!template.names.every((name) => found.has(name))) return undefined;
  const values = Object.fromEntries(template.names.map((name) => [name, found.get(name) ?? ''])) as Record<Name, string>;
  return render(template, values) === text ? values : undefined;
}
