import type { FieldError } from '../../../common/errors';
import type { ConsentAction } from './consent';

/** What proves a statement that does not come from the person's own message. */
export interface StatedEvidence {
  /** The words that the person agreed to. */
  readonly wording?: string | undefined;
  /** How they said so: a form, a call, paper. */
  readonly method?: string | undefined;
  readonly ip?: string | undefined;
  readonly url?: string | undefined;
  readonly formId?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/**
 * What is wrong with a statement. An opt-in is believed with the wording and the way it was given alone, since it may go
 * against an earlier word of the person; an opt-out is believed as it is.
 */
export function checkStatement(
  {
    action,
    at,
    evidence,
  }: {
    readonly action: ConsentAction;
    readonly at?: Date | undefined;
    readonly evidence: StatedEvidence;
  },
  now: Date,
): FieldError[] {
  const errors: FieldError[] = [];
  if (at !== undefined && at > now)
    errors.push({ field: 'at', code: 'in_future', message: 'nobody consents in the future' });
  if (action === 'opt_out') return errors;
  for (const name of ['wording', 'method'] as const)
    if (!evidence[name]?.trim())
      errors.push({
        field: `evidence.${name}`,
        code: 'evidence_missing',
        message: 'an opt-in needs the wording that was agreed to, and how',
      });
  return errors;
}
