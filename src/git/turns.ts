/** For so long, in milliseconds, everything else waits at most while what is asked for is at hand. */
const TURN = 50;

/** What a long loop awaits each time round, so that timers run: a check that takes too long ends by one. `most`: milliseconds that the others wait. */
export function turns(most = TURN): () => Promise<void> | undefined {
  let turned = performance.now();
  return () => {
    if (performance.now() - turned < most) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      turned = performance.now();
    });
  };
}
