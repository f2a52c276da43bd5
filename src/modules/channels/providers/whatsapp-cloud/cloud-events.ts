import type { WebhookEvent, WebhookPayload } from '../../domain/provider';
import { accountEvent } from './cloud-account-events';
import { idOf, ignoredEvent, isMessageId, unwritten } from './cloud-ignored';
import { objectOf, objectsOf, textOf } from './graph-api';
import { decidingCode } from './graph-errors';

type Json = Readonly<Record<string, unknown>>;

/** Ids of accounts and numbers as Meta writes them. */
const ID = /^[0-9]{1,32}$/;
const STATUS = /^[a-z_]{1,32}$/;

/**
 * What one entry of a webhook tells that concerns us: customers' messages and wishes, what became of our messages, and what
 * Meta did with the account and its templates. Undefined when it is not of Meta's form.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
 *
 * Of each event the payload is what Meta wrote about it, with what the request says once for several of them beside it: ids
 * and numbers stand at the top, where a person is looked for who is to be forgotten.
 */
export function cloudEvents(entry: Json): WebhookEvent[] | undefined {
  const { id: accountId, changes } = entry;
  if (typeof accountId !== 'string' || !ID.test(accountId) || !Array.isArray(changes)) return undefined;
  const events: WebhookEvent[] = [];
  for (const change of objectsOf(changes)) {
    const read = changeEvents(accountId, change, entry['time']);
    if (!read) return undefined;
    events.push(...read);
  }
  return events;
}

function changeEvents(accountId: string, change: Json, time: unknown): WebhookEvent[] | undefined {
  const value = objectOf(change['value']);
  switch (change['field']) {
    case 'messages':
      return ofNumber(accountId, value, messagesEvents);
    case 'user_preferences':
      return ofNumber(accountId, value, preferenceEvents);
    default:
      return accountEvent(accountId, change['field'], value, time);
  }
}

/** What a request says once for all events of a number. */
export interface Common {
  readonly accountId: string;
  readonly numberId: string;
  readonly shared: WebhookPayload;
}

function ofNumber(
  accountId: string,
  value: Json,
  read: (common: Common, value: Json) => WebhookEvent[],
): WebhookEvent[] | undefined {
  const metadata = objectOf(value['metadata']);
  const numberId = metadata['phone_number_id'];
  if (typeof numberId !== 'string' || !ID.test(numberId)) return undefined;
  const shown = textOf(metadata['display_phone_number']) ?? null;
  const shared = { waba_id: accountId, phone_number_id: numberId, display_phone_number: shown };
  return read({ accountId, numberId, shared }, value);
}

/** Who wrote, by number and by id. Looked for in a list, they would cost a forged request of a few megabytes minutes. */
interface Contacts {
  readonly byNumber: ReadonlyMap<unknown, Json>;
  readonly byUser: ReadonlyMap<unknown, Json>;
}

function contactsOf(value: unknown): Contacts {
  const contacts = objectsOf(value);
  const by = (name: string): ReadonlyMap<unknown, Json> =>
    new Map(contacts.flatMap((one) => (one[name] === undefined ? [] : [[one[name], one] as const])));
  return { byNumber: by('wa_id'), byUser: by('user_id') };
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages */
function messagesEvents(common: Common, value: Json): WebhookEvent[] {
  const contacts = contactsOf(value['contacts']);
  return [
    ...objectsOf(value['messages']).map((message) => messageEvent(common, message, contacts)),
    ...objectsOf(value['statuses']).map((status) => statusEvent(common, status)),
  ];
}

/** One that cannot be read holds up none of the others that came with it. */
function messageEvent(common: Common, message: Json, contacts: Contacts): WebhookEvent {
  const { id, from, from_user_id: userId, type } = message;
  if (!isMessageId(id) || typeof type !== 'string' || (!textOf(from) && !textOf(userId)))
    return ignoredEvent(common, 'unreadable', message);
  const kind = unwritten(message);
  if (kind !== undefined) return ignoredEvent(common, kind, message);
  return event(common, 'message', id, `message:${id}`, {
    ...message,
    ...common.shared,
    ...personOf(contacts, from, userId),
  });
}

/** Whom the contacts of a request show under these ids. */
function personOf(contacts: Contacts, from: unknown, userId: unknown): WebhookPayload {
  const contact = contacts.byNumber.get(from) ?? contacts.byUser.get(userId);
  const profile = objectOf(contact?.['profile']);
  return {
    wa_id: textOf(contact?.['wa_id']) ?? null,
    user_id: textOf(contact?.['user_id']) ?? null,
    profile_name: textOf(profile['name']) ?? null,
    username: textOf(profile['username']) ?? null,
  };
}

function statusEvent(common: Common, report: Json): WebhookEvent {
  const { id, status, type } = report;
  if (!isMessageId(id) || typeof status !== 'string' || !STATUS.test(status))
    return ignoredEvent(common, 'unreadable', report);
  // Whether an order was paid, in the same words: `failed` says nothing of the message.
  if (type === 'payment') return ignoredEvent(common, 'payment_status', report);
  const codes = objectsOf(report['errors']).map(({ code }) => Number(code));
  return event(common, 'status', id, `status:${id}:${status}`, {
    ...report,
    ...common.shared,
    error_code: decidingCode(codes) ?? null,
  });
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences */
function preferenceEvents(common: Common, value: Json): WebhookEvent[] {
  const contacts = contactsOf(value['contacts']);
  return objectsOf(value['user_preferences']).map((preference) => {
    const { wa_id: from, user_id: userId } = preference;
    if (!textOf(from) && !textOf(userId)) return ignoredEvent(common, 'unreadable', preference);
    const person = personOf(contacts, from, userId);
    const id = `preference:${idOf({ ...preference, ...common.shared })}`;
    return event(common, 'preference', id, id, {
      ...preference,
      ...common.shared,
      ...person,
      id,
      wa_id: textOf(from) ?? person['wa_id'],
      user_id: textOf(userId) ?? person['user_id'],
    });
  });
}

function event(
  { accountId, numberId }: Common,
  type: 'message' | 'status' | 'preference',
  externalId: string,
  eventId: string,
  payload: WebhookPayload,
): WebhookEvent {
  return { type, eventId, externalId, address: null, numberId, accountId, payload };
}
