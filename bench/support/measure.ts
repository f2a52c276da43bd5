/** The middle value; the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One comparison, product against baseline, over alternating runs. */
export interface Comparison {
  /** The figure of each run, in the order in which they ran. */
  readonly product: readonly number[];
  readonly baseline: readonly number[];
  /** Median of the ratios of neighbouring runs, product / baseline. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Runs both in turn, each pair in the other order than the one before: the speed of a machine drifts, and what runs
 * second may find warmer caches.
 */
export async function alternate(
  runs: number,
  product: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<Comparison> {
  const figures = { product: [] as number[], baseline: [] as number[] };
  for (let i = 0; i < runs; i++) {
    if (i % 2 === 0) figures.baseline.push(await baseline());
    figures.product.push(await product());
    if (i % 2 === 1) figures.baseline.push(await baseline());
  }
  const ratios = figures.product.map((value, i) => value / (figures.baseline[i] ?? Number.NaN));
  return { ...figures, ratio: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}
