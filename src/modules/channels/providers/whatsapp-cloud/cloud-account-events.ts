import type { WebhookEvent } from '../../domain/provider';
import { idOf } from './cloud-ignored';
import { textOf } from './graph-api';

type Json = Readonly<Record<string, unknown>>;

/** By what a template is read again; what it is now is asked of Meta, whatever is told here. */
const TEMPLATES: ReadonlySet<unknown> = new Set([
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
]);

/** What becomes of the account and its numbers. None of it holds anything of a customer. */
const ACCOUNT: ReadonlySet<unknown> = new Set([
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'business_capability_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
]);

const DIGITS = /^\+?[1-9][0-9]{5,14}$/;

/**
 * What a change tells of the account: nothing where the field is none that is logged. Such an event names no number's id; where it
 * shows a number, it is about that one.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview#fields
 */
export function accountEvent(accountId: string, field: unknown, value: Json, time: unknown): WebhookEvent[] {
  const isTemplate = TEMPLATES.has(field);
  if (typeof field !== 'string' || (!isTemplate && !ACCOUNT.has(field))) return [];
  const id = idOf([accountId, field, time, value]);
  const told = { ...value, waba_id: accountId, field, ...(typeof time === 'number' ? { time } : {}) };
  const template = JSON.stringify(value['message_template_id'] ?? null).replaceAll('"', '');
  const number = textOf(value['display_phone_number']) ?? '';
  return [
    {
      type: isTemplate ? 'template' : 'notice',
      eventId: `${isTemplate ? 'template' : 'notice'}:${field}:${id}`,
      externalId: isTemplate && /^[0-9]{1,32}$/.test(template) ? template : id,
      address: !isTemplate && DIGITS.test(number) ? `+${number.replace('+', '')}` : null,
      ...{ numberId: null, accountId },
      payload: isTemplate ? told : { ...told, notice: field },
    },
  ];
}
