import type { WebhookEvent, WebhookPayload } from '../../domain/provider';
import { objectOf, objectsOf, textOf } from './graph-api';

type Json = Readonly<Record<string, unknown>>;

/** Ids of accounts, numbers and messages as Meta writes them. */
const ID = /^[0-9]{1,32}$/;
const MESSAGE_ID = /^[\x21-\x7e]{1,512}$/;
const STATUS = /^[a-z_]{1,32}$/;
/** What WhatsApp itself tells of a person, such as another number, is nothing that they wrote; groups are nobody's thread. */
const isWritten = ({ type, group_id: group }: Json): boolean => type !== 'system' && group === undefined;

/**
 * What one entry of a webhook tells that concerns us: customers' messages, and what became of ours. Undefined when it is not of
 * Meta's form. https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
 *
 * Of each event the payload is what Meta wrote about it, with what the request says once for several of them beside it: ids
 * and numbers stand at the top, where a person is looked for who is to be forgotten.
 */
export function cloudEvents(entry: Json): WebhookEvent[] | undefined {
  const { id: accountId, changes } = entry;
  if (typeof accountId !== 'string' || !ID.test(accountId) || !Array.isArray(changes)) return undefined;
  const events: WebhookEvent[] = [];
  for (const change of objectsOf(changes)) {
    if (change['field'] !== 'messages') continue;
    const read = changeEvents(accountId, objectOf(change['value']));
    if (!read) return undefined;
    events.push(...read);
  }
  return events;
}

function changeEvents(accountId: string, value: Json): WebhookEvent[] | undefined {
  const metadata = objectOf(value['metadata']);
  const numberId = metadata['phone_number_id'];
  if (typeof numberId !== 'string' || !ID.test(numberId)) return undefined;
  const common: Common = { accountId, numberId, shared: sharedFields(accountId, metadata) };
  const contacts = contactsOf(value['contacts']);
  const read = [
    ...objectsOf(value['messages'])
      .filter(isWritten)
      .map((message) => messageEvent(common, message, contacts)),
    ...objectsOf(value['statuses']).map((status) => statusEvent(common, status)),
  ];
  return read.every((event) => event !== undefined) ? read : undefined;
}

interface Common {
  readonly accountId: string;
  readonly numberId: string;
  readonly shared: WebhookPayload;
}

function sharedFields(accountId: string, metadata: Json): WebhookPayload {
  return {
    waba_id: accountId,
    phone_number_id: metadata['phone_number_id'],
    display_phone_number: textOf(metadata['display_phone_number']) ?? null,
  };
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

function messageEvent(common: Common, message: Json, contacts: Contacts): WebhookEvent | undefined {
  const { id, from, from_user_id: userId, type } = message;
  if (!isMessageId(id) || typeof type !== 'string' || (!textOf(from) && !textOf(userId))) return undefined;
  const contact = contacts.byNumber.get(from) ?? contacts.byUser.get(userId);
  const profile = objectOf(contact?.['profile']);
  return event(common, 'message', id, `message:${id}`, {
    ...message,
    ...common.shared,
    wa_id: textOf(contact?.['wa_id']) ?? null,
    user_id: textOf(contact?.['user_id']) ?? null,
    profile_name: textOf(profile['name']) ?? null,
    username: textOf(profile['username']) ?? null,
  });
}

function statusEvent(common: Common, report: Json): WebhookEvent | undefined {
  const { id, status } = report;
  if (!isMessageId(id) || typeof status !== 'string' || !STATUS.test(status)) return undefined;
  const code = objectsOf(report['errors'])[0]?.['code'];
  return event(common, 'status', id, `status:${id}:${status}`, {
    ...report,
    ...common.shared,
    error_code: typeof code === 'number' ? code : null,
  });
}

function event(
  { accountId, numberId }: Common,
  type: 'message' | 'status',
  externalId: string,
  eventId: string,
  payload: WebhookPayload,
): WebhookEvent {
  return { type, eventId, externalId, address: null, numberId, accountId, payload };
}

function isMessageId(id: unknown): id is string {
  return typeof id === 'string' && MESSAGE_ID.test(id);
}
