import { CHANNELS, type Channel } from '../domain/channel';
import type { ConsentPurpose } from '../domain/consent';

/** The column that tells whether a person wants messages on a channel. The names are ours: nothing else gets into SQL text. */
export const optedInColumn = (channel: Channel, purpose: ConsentPurpose): string =>
  purpose === 'marketing' ? `${channel}_marketing_opted_in` : `${channel}_opted_in`;

/**
 * The rule of who may be written to, as SQL, for reads that join mappings: never null, and false without a mapping or a
 * channel. `mapping` is the alias of `phone_number_mappings`, `channel` and `purpose` are expressions; all are put into the
 * text as they are.
 */
export function mayMessageSql(mapping: string, channel: string, purpose = `'transactional'`): string {
  const of = (wanted: ConsentPurpose): string =>
    `CASE ${channel} ${CHANNELS.map((name) => `WHEN '${name}' THEN ${mapping}.${optedInColumn(name, wanted)}`).join(' ')} END`;
  const isOpen =
    purpose === `'transactional'` || purpose === `'marketing'`
      ? of(purpose === `'marketing'` ? 'marketing' : 'transactional')
      : `CASE ${purpose} WHEN 'marketing' THEN ${of('marketing')} WHEN 'transactional' THEN ${of('transactional')} END`;
  return `COALESCE(${isOpen} AND ${barredSql(mapping, channel)} IS NULL, false)`;
}

/** True where a person who asks for it may be sent a code: they did not opt out of the channel. As SQL, like {@link mayMessageSql}. */
export function mayAskSql(mapping: string, channel: string): string {
  const cases = CHANNELS.map((name) => {
    const optedIn = optedInColumn(name, 'transactional');
    return `WHEN '${name}' THEN ${mapping}.${optedIn} OR ${mapping}.${optedIn.replace(/in$/, 'out_at')} IS NULL`;
  });
  return `COALESCE((CASE ${channel} ${cases.join(' ')} END) AND ${barredSql(mapping, channel)} IS NULL, false)`;
}

/**
 * Why nothing is sent to a mapping's number on a channel, whatever its person consented to, as SQL: null where something is. A
 * number that is invalid and names no channel is so on each. Put into the text as it is, like {@link mayMessageSql}.
 */
export function barredSql(mapping: string, channel: string): string {
  return `CASE WHEN ${mapping}.status = 'suspended' THEN 'suspended'
    WHEN ${mapping}.status = 'invalid' AND (${mapping}.unreachable_on = '{}' OR ${channel} = ANY (${mapping}.unreachable_on)) THEN 'invalid' END`;
}
