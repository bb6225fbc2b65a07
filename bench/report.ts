/** What every bench prints: medians of paired runs, and what they are compared with. */

/** One comparison. */
export interface BenchCase {
  readonly case: string;
  readonly unit: string;
  /** Median of ours. */
  readonly ours: number;
  /** Median of what it is compared with. */
  readonly versus: number;
  /** What `versus` is. */
  readonly against: string;
  /** ours / versus */
  readonly ratio: number;
}

export interface BenchResult {
  readonly bench: string;
  readonly cases: readonly BenchCase[];
}

/** Compares two series, measured in pairs. */
export function compare(name: string, unit: string, ours: readonly number[], versus: readonly number[], against: string): BenchCase {
  const [one, other] = [median(ours), median(versus)];
  return { case: name, unit, ours: rounded(one), versus: rounded(other), against, ratio: rounded(one / other) };
}

/** One figure, beside what it is to be, or what else there is. */
export function row(name: string, unit: string, ours: number, versus: number, against: string): BenchCase {
  return { case: name, unit, ours: rounded(ours), versus: rounded(versus), against, ratio: rounded(ours / versus) };
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** As a person reads it. */
export function table({ cases }: BenchResult): string {
  const rows = [
    ['case', 'ours', 'against', 'theirs', 'ratio'],
    ...cases.map(({ case: name, unit, ours, versus, against, ratio }) => [
      name,
      `${ours} ${unit}`,
      against,
      `${versus} ${unit}`,
      `${ratio}`,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
