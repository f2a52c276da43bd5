import type { ConsentAction, ConsentLine, ConsentSource } from './consent';

/** An entry of the ledger as it is shown. */
export interface ConsentRecord extends ConsentLine {
  readonly id: string;
  readonly action: ConsentAction;
  readonly source: ConsentSource;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** When it was said. */
  readonly at: Date;
  /** When it was written down. */
  readonly recordedAt: Date;
}

/** In the order in which a chain takes them: as they were said. */
export function inOrder<R extends ConsentRecord>(records: readonly R[]): R[] {
  return [...records].sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1));
}

/**
 * What an entry adds to the chain: a JSON array of its fields, names within the evidence in order, so that whoever has a copy
 * can do the sum again.
 */
export function chained({ id, phone, channel, purpose, action, source, ...rest }: ConsentRecord): string {
  const times = [rest.at.toISOString(), rest.recordedAt.toISOString()];
  return JSON.stringify([id, phone, channel, purpose, action, source, ...times, sorted(rest.evidence)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(names.map(([name, inner]) => [name, sorted(inner)]));
}
