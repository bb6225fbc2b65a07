/** Reading the project's own Markdown pages in tests. */

/** A fenced block. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** What an HTML comment on the line before says, for example `refused`. */
  readonly mark?: string;
}

/** Every fenced block of a page, in order. */
export function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = lines[at]?.match(/^```(\w+)$/)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`the block of line ${at + 1} does not end`);
    const mark = lines[at - 1]?.match(/^<!-- (\w+) -->$/)?.[1];
    blocks.push({ language, text: `${lines.slice(at + 1, end).join('\n')}\n`, line: at + 1, ...(mark === undefined ? {} : { mark }) });
    at = end;
  }
  return blocks;
}

/** What stands in single backquotes in a text, in order. */
export function codeOf(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** Whether the lines of `expected` stand in `actual` in that order; `…` in a line stands for anything, alone for any lines. */
export function showsInOrder(actual: string, expected: string): boolean {
  const wanted = expected.split('\n').filter((line) => line !== '…' && line !== '');
  let next = 0;
  for (const line of actual.split('\n')) if (next < wanted.length && patternOf(wanted[next] ?? '').test(line.trimEnd())) next += 1;
  return next === wanted.length;
}

function patternOf(line: string): RegExp {
  const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
