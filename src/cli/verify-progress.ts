/** How far a long look has come: one line on a terminal, nothing anywhere else. */

/** So often it is written anew, in milliseconds. */
const EVERY = 200;

export function startProgress(silent: boolean) {
  const shown = !silent && process.stderr.isTTY === true;
  let commits = 0;
  let last = performance.now();
  let written = false;
  return {
    step(): void {
      commits += 1;
      if (!shown || performance.now() - last < EVERY) return;
      last = performance.now();
      written = true;
      process.stderr.write(`\r${commits} commits judged…\u001b[K`);
    },
    end(): void {
      if (written) process.stderr.write('\r\u001b[K');
    },
  };
}
