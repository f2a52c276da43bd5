import type { TemplateUse } from './message-content';

/** A message as the provider has it. */
export interface SentCandidate {
  readonly providerMessageId: string;
  /** Null of a call, which could have said anything. */
  readonly body: string | null;
  readonly sentAt: Date;
}

/** A message whose answer was lost, as far as the provider's list shows it. */
export interface LostMessage {
  /** As the person reads it; null for files alone, and for templates without a text of their own. */
  readonly body: string | null;
  readonly template: TemplateUse | null;
}

/**
 * Which of the provider's messages is the one whose answer was lost: the same text, belonging to none of ours yet, and of
 * those the oldest. Several lost messages of the same text each find another one, since a found one belongs to a
 * message from then on.
 *
 * The provider fills its own templates in, and shows some of them (cards, buttons) with more than their text. Where none has
 * exactly our text, one that bears every value is the one.
 */
export function matchSent<Candidate extends SentCandidate>(
  { body: text, template }: LostMessage,
  candidates: readonly Candidate[],
  taken: ReadonlySet<string>,
): Candidate | undefined {
  const free = candidates.filter(({ providerMessageId }) => !taken.has(providerMessageId));
  const same = oldest(free.filter(({ body }) => body === null || body.trim() === (text ?? '').trim()));
  if (same || !template?.contentId) return same;
  const values = Object.values(template.variables);
  if (values.length === 0) return undefined;
  return oldest(free.filter(({ body }) => values.every((value) => body?.includes(value))));
}

function oldest<Candidate extends SentCandidate>(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted(
    (a, b) => a.sentAt.getTime() - b.sentAt.getTime() || (a.providerMessageId < b.providerMessageId ? -1 : 1),
  )[0];
}
