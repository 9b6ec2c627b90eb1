import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The median of samples, and the 95 % confidence interval around it. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** A limit that a ratio should not cross. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** A line of a table. */
export interface Line {
  readonly name: string;
  /** The figures that were measured, with their units, such as `5.3 µs`. */
  readonly figures: string;
  /** The ratio to the line that the title of the table names. */
  readonly ratio?: Interval;
  readonly goal?: Goal | undefined;
}

/** The results of a part of the benchmarks. */
export interface Table {
  readonly title: string;
  readonly lines: readonly Line[];
  /** The data that `--json` writes: the samples of each line in their order, or whatever else was measured. */
  readonly raw: unknown;
}

/** Returns the median, and its confidence interval by the ranks of the samples: no distribution is assumed. */
export function interval(samples: readonly number[]): Interval {
  const sorted = samples.toSorted((a, b) => a - b);
  const { length } = sorted;
  const half = 0.98 * Math.sqrt(length); // 1.96 standard deviations of a rank, each √length / 2
  const at = (rank: number) => sorted[Math.min(length - 1, Math.max(0, rank))]!;
  return {
    median: at(length >> 1),
    low: at(Math.floor(length / 2 - half)),
    high: at(Math.ceil(length / 2 + half) - 1),
  };
}

/** Divides samples of the same rounds, so that what the machine did meanwhile cancels out. */
export function ratioOf(samples: readonly number[], base: readonly number[]): Interval {
  return interval(samples.map((value, round) => value / base[round]!));
}

function verdictOf({ ratio, goal }: Line): string {
  if (ratio === undefined || goal === undefined) return '';
  const [words, isMet] =
    'atMost' in goal
      ? [`≤ ${goal.atMost}`, ratio.median <= goal.atMost]
      : [`≥ ${goal.atLeast}`, ratio.median >= goal.atLeast];
  return `${words}: ${isMet ? 'met' : 'missed'}`;
}

const ratioText = (ratio: Interval | undefined) =>
  ratio === undefined
    ? ''
    : `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`;

/** Returns a table as lines of text. */
export function show({ title, lines }: Table): string {
  const width = Math.max(...lines.map(({ name }) => name.length));
  const figures = Math.max(...lines.map((line) => line.figures.length));
  const shown = lines.map((line) =>
    [
      line.name.padEnd(width),
      line.figures.padStart(figures),
      ratioText(line.ratio).padEnd(22),
      verdictOf(line),
    ]
      .join('   ')
      .trimEnd(),
  );
  return [title, ...shown].join('\n');
}

const PAGES = globSync(join(import.meta.dirname, '../docs/benchmarks{.md,/*.md}'));

/** Writes the tables of a part into its place in docs/benchmarks.md, or in a page below it. */
export function write(part: string, command: string, tables: readonly Table[]): void {
  const shown = tables.map(({ title, lines }) =>
    [
      `**${title}**`,
      '',
      '| | measured | ratio | goal |',
      '| --- | ---: | ---: | --- |',
      ...lines.map(
        (line) => `| ${line.name} | ${line.figures} | ${ratioText(line.ratio)} | ${verdictOf(line)} |`,
      ),
    ].join('\n'),
  );
  const place = new RegExp(`(<!-- ${part} -->\n).*?(<!-- /${part} -->)`, 's');
  const pages = PAGES.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const page = pages.find(({ text }) => place.test(text));
  if (page === undefined) throw new Error(`No page of the benchmarks has a place for "${part}".`);
  const results = [`\`${command}\`, Node ${process.version}`, ...shown].join('\n\n');
  writeFileSync(
    page.path,
    page.text.replace(place, (_, before: string, after: string) => `${before}\n${results}\n\n${after}`),
  );
}
