import type { Channel } from '../domain/channel';

const OPTED_IN: Readonly<Record<Channel, string>> = {
  whatsapp: 'whatsapp_opted_in',
  sms: 'sms_opted_in',
  voice: 'voice_opted_in',
};

/**
 * The rule of who may be written to, as SQL, for reads that join mappings: never null, and false without a mapping or a
 * channel. `mapping` is the alias of `phone_number_mappings`, `channel` an expression; both are put into the text as they are.
 */
export function mayMessageSql(mapping: string, channel: string): string {
  const cases = Object.entries(OPTED_IN).map(([name, column]) => `WHEN '${name}' THEN ${mapping}.${column}`);
  return `COALESCE(CASE ${channel} ${cases.join(' ')} END AND ${mapping}.status = 'active', false)`;
}
