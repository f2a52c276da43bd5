/** A message as the provider has it. */
export interface SentCandidate {
  readonly providerMessageId: string;
  readonly body: string;
  readonly sentAt: Date;
}

/**
 * Which of the provider's messages is the one whose answer was lost: the same text, belonging to none of ours yet, and of
 * those the oldest. Several lost messages of the same text each find another one, since a found one belongs to a
 * message from then on.
 */
export function matchSent<Candidate extends SentCandidate>(
  text: string,
  candidates: readonly Candidate[],
  taken: ReadonlySet<string>,
): Candidate | undefined {
  return candidates
    .filter(({ body, providerMessageId }) => body.trim() === text.trim() && !taken.has(providerMessageId))
    .sort(
      (a, b) =>
        a.sentAt.getTime() - b.sentAt.getTime() || (a.providerMessageId < b.providerMessageId ? -1 : 1),
    )[0];
}
