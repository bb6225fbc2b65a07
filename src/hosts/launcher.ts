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

const NAMES = ['node', 'hooks', 'host', 'path', 'perl'] as const;

/** The text of a launcher: the template `hooks/pre-receive` with its values, quoted for sh. */
export function renderLauncher(values: LauncherValues): string {
  return readFileSync(packageFile('hooks/pre-receive'), 'utf8').replaceAll(/@(NODE|HOOKS|HOST|PATH|PERL)@/g, (_, name: string) =>
    quote(values[name.toLowerCase() as keyof LauncherValues]),
  );
}

/** The values of a launcher's text; undefined where it isn't, byte for byte, what `renderLauncher` makes. */
export function readLauncher(text: string): LauncherValues | undefined {
  const values = new Map<string, string>();
  for (const match of text.matchAll(/^(node|hooks|host|path|perl)='([^\n]*)'$/gm))
    values.set(match[1] ?? '', (match[2] ?? '').replaceAll(`'\\''`, "'"));
  const [node, hooks, host, path, perl] = NAMES.map((name) => values.get(name));
  if (node === undefined || hooks === undefined || host === undefined || path === undefined || perl === undefined) return undefined;
  const launcher = { node, hooks, host, path, perl };
  return renderLauncher(launcher) === text ? launcher : undefined;
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
