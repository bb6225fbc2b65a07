import { meaningOf } from '../../format/layout.js';
import type { Policy } from '../../format/policy.js';
import type { Rule } from '../rule.js';

export const treeLimits: Rule = {
  id: 'tree/limits',
  statement: "Files, trees and paths stay within the host's limits of size, number and depth",
  why: 'One push must not be able to stop a host, or the programs of everybody who reads the record.',
  section: '§8',
  since: 1,
  fixed: true,
  refuses: {
    title: 'a ledger larger than 256 KiB',
    push: (record) => record.append({ files: { [`${record.thread}/ledger.yaml`]: (yaml) => `# ${'x'.repeat(300_000)}\n${yaml}` } }),
  },
  accepts: { title: 'a long message', push: (record) => record.append({ body: 'x'.repeat(100_000) }) },
  *onCommit({ pushed, context }) {
    for (const { path, after } of pushed.changes) {
      if (after === undefined) continue;
      const limit = limitOf(path, context.policy.limits);
      if (after.size > limit) {
        yield {
          path,
          message: `has ${after.size} bytes; this host takes ${limit} here`,
          help: ['write less in one file: a long thread can be closed and continued in a new one'],
        };
      }
    }
    for (const { kind, path, message } of pushed.treeFaults) {
      if (LIMIT_FAULTS.has(kind)) yield { path, message, help: [PARTS] };
    }
  },
};

const PARTS = "change less in one commit, or ask the host's administrator for larger limits in vpr.yaml";
const LIMIT_FAULTS: ReadonlySet<string> = new Set(['depth', 'count', 'size']);

function limitOf(path: string, limits: Policy['limits']): number {
  return meaningOf('coordination', path)?.kind === 'thread' ? limits.threadBytes : limits.yamlBytes;
}
