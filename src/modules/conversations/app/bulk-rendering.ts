import { RuleError } from '../../../common/errors';
import type { Candidate } from '../db/bulk-audiences.repository';
import type { RenderedTemplate } from '../domain/template-rendering';
import type { BulkPlan } from './bulk-plan';

/** Fills the template in for somebody; undefined where a value does not fit. */
export function renderFor(
  { template, audience }: BulkPlan,
  candidate: Candidate,
): RenderedTemplate | undefined {
  const pairs = audience.variables.map(({ name }, index) => [name, candidate.values[index] ?? '']);
  try {
    return template.render(Object.fromEntries(pairs) as Record<string, string>);
  } catch (error) {
    if (error instanceof RuleError) return undefined;
    throw error;
  }
}
