import { instantOf, parseInstant } from '../../format/instant.js';
import { withdraw, writeAgain } from '../mend.js';
import type { Rule } from '../rule.js';

export const threadTime: Rule = {
  id: 'thread/time',
  statement: "A message's timestamp is not after receipt, beyond the host's allowed skew",
  why: 'A message from the future would stand as the latest word long after it was answered; the past is allowed, people write offline.',
  section: '§3 thread.md',
  since: 1,
  refuses: { title: 'a message dated tomorrow', push: (record) => record.append({ seconds: 86_400 }) },
  accepts: { title: 'a message written offline two days ago', push: (record) => record.append({ seconds: -172_800 }) },
  *onCommit({ threads, pushed, times, context }) {
    const latest = instantOf(times.latest) + BigInt(context.policy.skewMs) * 1_000_000n;
    for (const step of threads) {
      const { threadPath: path, appended } = step;
      for (const { timestamp, line } of appended) {
        const instant = parseInstant(timestamp);
        if (instant === undefined || instant <= latest) continue;
        yield {
          path,
          line,
          message: `the message is dated ${timestamp}; the host has ${times.latest.toISOString()}`,
          help: [...withdraw(pushed, path), `then set your clock right, and write it again: ${writeAgain(step)}`],
        };
      }
    }
  },
};
