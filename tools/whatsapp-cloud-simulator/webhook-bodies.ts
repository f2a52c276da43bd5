import { metaTitle } from './errors';
import type { Message, MessageStatus, PhoneNumber } from './model';

type Json = Record<string, unknown>;

/** One thing that happened to a number: a message that a customer wrote, or a state of one that was sent. */
export interface Happening {
  number: PhoneNumber;
  message?: Json;
  /** The customer's, with a message. */
  profileName?: string;
  status?: Json;
}

const seconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));

/** What Meta posts for these, all in one request: an entry for each WABA, a change for each number of it. */
export function webhookBody(happenings: readonly Happening[]): Json {
  const accounts = [...new Set(happenings.map(({ number }) => number.accountId))];
  return {
    object: 'whatsapp_business_account',
    entry: accounts.map((id) => ({
      id,
      changes: changesOf(happenings.filter(({ number }) => number.accountId === id)),
    })),
  };
}

function changesOf(happenings: readonly Happening[]): Json[] {
  const numbers = new Map(happenings.map(({ number }) => [number.id, number]));
  return [...numbers.values()].map((number) => {
    const own = happenings.filter((one) => one.number.id === number.id);
    const written = own.filter((one) => one.message !== undefined);
    const states = own.filter((one) => one.status !== undefined);
    return {
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: number.address.slice(1), phone_number_id: number.id },
        ...(written.length === 0
          ? {}
          : {
              contacts: written.map(({ message, profileName = 'Customer' }) => ({
                profile: { name: profileName },
                wa_id: message?.from,
              })),
              messages: written.map(({ message }) => message),
            }),
        ...(states.length === 0 ? {} : { statuses: states.map(({ status }) => status) }),
      },
    };
  });
}

/** A customer's message, as it stands in a webhook. */
export function inboundMessage(id: string, from: string, content: Json, at = new Date()): Json {
  return { from: from.replace(/^\+/, ''), id, timestamp: seconds(at), ...content };
}

/** A state of a message that was sent, as it stands in a webhook. */
export function statusOf(message: Message, status: MessageStatus, details?: string): Json {
  const { id, to, errorCode, callbackData } = message;
  return {
    id,
    status,
    timestamp: seconds(new Date()),
    recipient_id: to,
    ...(callbackData === null ? {} : { biz_opaque_callback_data: callbackData }),
    ...(errorCode === null
      ? {}
      : {
          errors: [
            {
              code: errorCode,
              title: metaTitle(errorCode),
              message: metaTitle(errorCode),
              error_data: { details: details ?? metaTitle(errorCode) },
            },
          ],
        }),
  };
}

/** What Meta posts when it has decided about a template. */
export function templateStatusBody(
  accountId: string,
  template: { id: string; name: string; language: string; status: string },
  reason = 'NONE',
): Json {
  const value = {
    event: template.status,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    reason,
  };
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: accountId,
        time: Math.floor(Date.now() / 1000),
        changes: [{ field: 'message_template_status_update', value }],
      },
    ],
  };
}
