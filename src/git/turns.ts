/** For so long, in milliseconds, everything else waits at most while what is asked for is at hand. */
const TURN = 50;

/** What a long loop awaits each time round, so that timers run: a check that takes too long ends by one. */
export function turns(): () => Promise<void> | undefined {
  let turned = performance.now();
  return () => {
    if (performance.now() - turned < TURN) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      turned = performance.now();
    });
  };
}
