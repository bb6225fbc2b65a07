import type { PushedCommit } from '../../format/push.js';
import { AMEND, leaveOut, shellPath, takeBack } from '../mend.js';
import type { Rule } from '../rule.js';

export const treeModes: Rule = {
  id: 'tree/modes',
  statement: 'Trees hold regular files of mode 100644 and directories, by the digits of the raw tree',
  why: 'A symbolic link or a submodule makes a record depend on what is outside it; an executable file is nothing a record needs.',
  section: '§8',
  since: 1,
  protects: true,
  refuses: {
    title: 'an executable file',
    push: (record) => record.commit({ files: { '.gitignore': 'files/\n' }, modes: { '.gitignore': '100755' } }),
  },
  accepts: { title: 'a regular file', push: (record) => record.commit({ files: { '.gitignore': 'files/\n' } }) },
  *onCommit({ pushed }) {
    const modes = new Map<string, string>();
    for (const { path, after } of pushed.changes) if (after !== undefined && after.mode !== '100644') modes.set(path, after.mode);
    for (const { kind, path, mode } of pushed.treeFaults) if (kind === 'mode') modes.set(path, mode ?? '?');
    for (const [path, mode] of modes) {
      const expected = typeOf(mode) === DIRECTORY ? '40000' : '100644';
      yield { path, message: `has the mode ${mode}${NAMES[mode] ?? ''}, where ${expected} was expected`, help: [help(mode, path, pushed)] };
    }
  },
};

const NAMES: Readonly<Record<string, string>> = {
  '100755': ' (executable)',
  '100664': ' (group-writable, an old git wrote that)',
  '120000': ' (a symbolic link)',
  '160000': ' (a submodule)',
};

/** The kind of what stands there, which the upper digits of a mode say. */
function typeOf(mode: string): number {
  return Number.parseInt(mode, 8) & 0o170000;
}

const DIRECTORY = 0o040000;
const REGULAR = 0o100000;

function help(mode: string, path: string, pushed: PushedCommit): string {
  // Git writes a tree anew, with modes of its own, only where something below it was staged since it was read.
  if (typeOf(mode) === DIRECTORY) return `git rm -r --quiet --cached ${shellPath(path)} && git add ${shellPath(path)} && ${AMEND}`;
  const { before, after } = pushed.changes.find((change) => change.path === path) ?? {};
  if (before !== undefined && before.id === after?.id) return takeBack(pushed, path);
  if (typeOf(mode) !== REGULAR) return before === undefined ? leaveOut(pushed, path) : takeBack(pushed, path);
  return `chmod -x ${shellPath(path)} && git update-index --chmod=-x ${shellPath(path)} && ${AMEND}`;
}
