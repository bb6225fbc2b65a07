/** Running a program under a pseudo-terminal, as somebody who types at it. Python's pty module makes one; Node can't. */
import { spawnSync } from 'node:child_process';

/** What is waited for (a regular expression of Python's), and then typed. */
export type Typing = readonly (readonly [expect: string, type: string])[];

/** What came of it. */
export interface Session {
  readonly status: number | null;
  /** All that the terminal showed. */
  readonly output: string;
  /** Whether the terminal showed what was typed, at each step. */
  readonly echo: readonly boolean[];
}

const PROGRAM = `
import json, os, pty, re, select, signal, sys, termios, time
steps, argv = json.loads(sys.argv[1]), sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
shown, seen, echo, end = b'', 0, [], time.time() + 60
def more():
    global shown
    if time.time() > end:
        os.kill(pid, signal.SIGKILL)
        raise SystemExit('too long: ' + repr(shown))
    if not select.select([fd], [], [], 1)[0]:
        return True
    try:
        data = os.read(fd, 65536)
    except OSError:
        return False
    shown += data
    return len(data) > 0
for expect, typed in steps:
    while True:
        found = re.search(expect.encode(), shown[seen:])
        if found:
            break
        if not more():
            raise SystemExit('never seen: ' + expect + ' in ' + repr(shown))
    seen += found.end()
    echo.append(bool(termios.tcgetattr(fd)[3] & termios.ECHO))
    os.write(fd, typed.encode())
while more():
    pass
_, status = os.waitpid(pid, 0)
print(json.dumps({'status': os.waitstatus_to_exitcode(status), 'output': shown.decode(), 'echo': echo}))
`;

/** For tap: runs where Python has its pty module, else names the package. */
export function needsTerminal(): { skip: false | string } {
  const { status } = spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']);
  return { skip: status === 0 ? false : 'python3 is absent: apt-get install python3' };
}

/** Runs sh on a script under a terminal of its own. `env` is added to this process's; what is undefined there is taken away. */
export function atTerminal(
  directory: string,
  script: string,
  typing: Typing,
  env: Readonly<Record<string, string | undefined>> = {},
): Session {
  const { stdout, stderr } = spawnSync('python3', ['-c', PROGRAM, JSON.stringify(typing), 'sh', '-c', script], {
    cwd: directory,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '1', GIT_ASKPASS: undefined, SSH_ASKPASS: undefined, ...env },
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Session;
}
