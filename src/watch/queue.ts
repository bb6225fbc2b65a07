/** Work on records: one at a time for each, several at a time for all, first come first served. */

export interface Queue {
  /** A record has something to do. One that is waiting is not added again; one that is being worked on will be once more. */
  add(record: string): void;
  /** Nothing is begun until it is resumed; what is being done is ended. */
  pause(): void;
  resume(): void;
  /** Nothing is waiting, or being done. Paused, it waits for what is being done. */
  idle(): Promise<void>;
}

/** `work` never fails: what went wrong is its own to deal with. */
export function workQueue(work: (record: string) => Promise<void>, atOnce: number): Queue {
  const waiting = new Set<string>();
  const busy = new Set<string>();
  const again = new Set<string>();
  let paused = false;
  let idlers: (() => void)[] = [];

  function next(): void {
    for (const record of waiting) {
      if (paused || busy.size >= atOnce) break;
      waiting.delete(record);
      busy.add(record);
      void work(record).finally(() => done(record));
    }
    if (busy.size > 0 || (!paused && waiting.size > 0)) return;
    for (const wake of idlers) wake();
    idlers = [];
  }

  function done(record: string): void {
    busy.delete(record);
    if (again.delete(record)) waiting.add(record);
    next();
  }

  return {
    add(record) {
      if (busy.has(record)) again.add(record);
      else waiting.add(record);
      next();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      next();
    },
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve);
        next();
      }),
  };
}
