import type { Channel } from '../domain/channel';
import type { ConsentPurpose } from '../domain/consent';
import { barredSql, mayMessageSql, optedInColumn } from './may-message';

/** Why somebody may not be written to. */
export const CONSENT_REFUSALS = ['invalid_number', 'suspended', 'opted_out', 'no_consent'] as const;
export type ConsentRefusal = (typeof CONSENT_REFUSALS)[number];

/**
 * Why somebody may not be written to on a channel for a purpose, as SQL, for statements that join mappings: null where they may. `mapping`
 * is the alias of `phone_number_mappings`, which can be missing; it is put into the text as it is.
 */
export function consentRefusalSql(mapping: string, channel: Channel, purpose: ConsentPurpose): string {
  const optedOutAt = optedInColumn(channel, purpose).replace(/in$/, 'out_at');
  const barred = `(${barredSql(mapping, `'${channel}'`)})`;
  return `CASE WHEN ${mayMessageSql(mapping, `'${channel}'`, `'${purpose}'`)} THEN NULL
    WHEN ${barred} = 'invalid' THEN 'invalid_number'
    WHEN ${barred} = 'suspended' THEN 'suspended'
    WHEN ${mapping}.${optedOutAt} IS NOT NULL THEN 'opted_out'
    ELSE 'no_consent' END`;
}
