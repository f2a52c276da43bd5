import { metaTitle } from './errors';
import { isUserId } from './messages-request';
import type { Message, MessageStatus, PhoneNumber, Template } from './model';

type Json = Record<string, unknown>;

/** Who wrote, as a webhook shows people. */
export interface Sender {
  /** E.164; a person with a user name may show none. */
  from?: string;
  /** Meta's id of this person at this business: `US.13491208655302741918`. */
  userId?: string;
  username?: string;
  profileName?: string;
}

/** One thing that happened to a number: a message that a customer wrote, or a state of one that was sent. */
export type Happening =
  { number: PhoneNumber; message: Json; sender: Sender } | { number: PhoneNumber; status: Json };

const seconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));
const digits = (address: string): string => address.replace(/^\+/, '');

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
    const written = own.filter((one) => 'message' in one);
    const states = own.filter((one) => 'status' in one);
    return {
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: digits(number.address), phone_number_id: number.id },
        ...(written.length === 0
          ? {}
          : {
              contacts: written.map(({ sender }) => contactOf(sender)),
              messages: written.map(({ message }) => message),
            }),
        ...(states.length === 0 ? {} : { statuses: states.map(({ status }) => status) }),
      },
    };
  });
}

function contactOf({ from, userId, username, profileName = 'Customer' }: Sender): Json {
  return {
    profile: { name: profileName, ...(username === undefined ? {} : { username }) },
    ...(from === undefined ? {} : { wa_id: digits(from) }),
    ...(userId === undefined ? {} : { user_id: userId }),
  };
}

/** A customer's message, as it stands in a webhook. */
export function inboundMessage(id: string, { from, userId }: Sender, content: Json, at = new Date()): Json {
  return {
    ...(from === undefined ? {} : { from: digits(from) }),
    ...(userId === undefined ? {} : { from_user_id: userId }),
    id,
    timestamp: seconds(at),
    ...content,
  };
}

/** A state of a message that was sent, as it stands in a webhook. */
export function statusOf(message: Message, status: MessageStatus, errorCode: number | null): Json {
  const { id, to, callbackData } = message;
  return {
    id,
    status,
    timestamp: seconds(new Date()),
    ...(isUserId(to) ? { recipient_user_id: to } : { recipient_id: to }),
    ...(callbackData === null ? {} : { biz_opaque_callback_data: callbackData }),
    ...(status === 'sent' || status === 'delivered' ? priceOf(message) : {}),
    ...(errorCode === null ? {} : { errors: [errorOf(errorCode)] }),
  };
}

function priceOf({ type }: Message): Json {
  const category = type === 'template' ? 'utility' : 'service';
  const billable = type === 'template';
  return { pricing: { billable, pricing_model: 'PMP', category } };
}

function errorOf(code: number): Json {
  return {
    code,
    title: metaTitle(code),
    message: metaTitle(code),
    error_data: { details: metaTitle(code) },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}

/** What Meta posts when something happened to an account: `field` says what. */
export function changeBody(accountId: string, field: string, value: Json, at = new Date()): Json {
  const time = Math.floor(at.getTime() / 1000);
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: accountId, time, changes: [{ field, value }] }],
  };
}

/** What is told when Meta has decided about a template. */
export function templateStatus(template: Template, reason: string): Json {
  return {
    event: template.status,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    reason,
    message_template_category: template.category,
  };
}

/** What is told when a person stopped marketing messages of a business, or wants them again. */
export function preferenceOf(number: PhoneNumber, sender: Sender, value: string, at = new Date()): Json {
  const { from, userId } = sender;
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: digits(number.address), phone_number_id: number.id },
    contacts: [contactOf(sender)],
    user_preferences: [
      {
        ...(from === undefined ? {} : { wa_id: digits(from) }),
        ...(userId === undefined ? {} : { user_id: userId }),
        detail: `User requested to ${value} marketing messages`,
        category: 'marketing_messages',
        value,
        timestamp: Math.floor(at.getTime() / 1000),
      },
    ],
  };
}
