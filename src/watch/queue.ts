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

/** So long, in milliseconds, what was put off waits when nothing else does. */
const LATER = 50;

/** `work` never fails: what went wrong is its own to deal with. It says what is to be done later, after everything else. */
export function workQueue(work: (record: string) => Promise<'done' | 'later'>, atOnce: number, pause = LATER): Queue {
  const waiting = new Set<string>();
  const later = new Set<string>();
  let timed = false;
  const busy = new Set<string>();
  const again = new Set<string>();
  let paused = false;
  let idlers: (() => void)[] = [];

  function next(): void {
    for (const record of waiting) {
      if (paused || busy.size >= atOnce) break;
      waiting.delete(record);
      busy.add(record);
      void work(record).then((outcome) => done(record, outcome));
    }
    if (!paused && !timed && waiting.size === 0 && later.size > 0) {
      timed = true;
      setTimeout(resumeLater, pause);
    }
    if (busy.size > 0 || (!paused && waiting.size + later.size > 0)) return;
    for (const wake of idlers) wake();
    idlers = [];
  }

  function done(record: string, outcome: 'done' | 'later'): void {
    busy.delete(record);
    if (outcome === 'later') later.add(record);
    if (again.delete(record) && outcome === 'done') waiting.add(record);
    next();
  }

  function resumeLater(): void {
    timed = false;
    for (const record of later) waiting.add(record);
    later.clear();
    next();
  }

  return {
    add(record) {
      if (busy.has(record)) again.add(record);
      else if (!later.has(record)) waiting.add(record);
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
