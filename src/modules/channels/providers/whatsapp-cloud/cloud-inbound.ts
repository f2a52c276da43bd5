import type { InboundMessage, LoggedEvent, WebhookPayload } from '../../domain/provider';
import { mediaReference } from './cloud-media';
import { objectOf, objectsOf, textOf } from './graph-api';

type Json = Readonly<Record<string, unknown>>;

const FILES = ['image', 'video', 'audio', 'document', 'sticker'] as const;
const DIGITS = /^[1-9][0-9]{5,14}$/;

/** The customer's message of a logged event. */
export function cloudInboundMessage({ payload, receivedAt }: LoggedEvent): InboundMessage {
  const to = textOf(payload['display_phone_number'])?.replace(/\D/g, '') ?? '';
  return {
    providerMessageId: textOf(payload['id']) ?? '',
    from: senderOf(payload),
    to: `+${to}`,
    profileName: textOf(textOf(payload['profile_name'])?.trim()) ?? null,
    body: bodyOf(payload),
    media: mediaOf(payload),
    optOutType: null,
    raw: payload,
    receivedAt: happenedAt(payload, receivedAt),
  };
}

/** Who shows no number is known by an id that this business alone has of them. */
function senderOf(payload: WebhookPayload): InboundMessage['from'] {
  const digits = textOf(payload['from']) ?? textOf(payload['wa_id']);
  const userId = textOf(payload['from_user_id']) ?? textOf(payload['user_id']);
  const [first] = knownAs(digits, userId);
  if (!first) throw new Error('not an inbound message');
  return first;
}

/** What a person is known by: the number first; what is no number, where there is nothing else, is an id. */
export function knownAs(digits: string | undefined, userId: string | undefined): InboundMessage['from'][] {
  const isNumber = digits !== undefined && DIGITS.test(digits);
  const id = userId ?? (isNumber ? undefined : digits);
  return [
    ...(isNumber ? [{ phone: `+${digits}`, whatsappId: null, address: `+${digits}` }] : []),
    ...(id === undefined ? [] : [{ phone: null, whatsappId: id, address: id }]),
  ];
}

/** Meta tries a delivery again for days. */
const LATE_MS = 60_000;

/**
 * When something happened. What comes at once counts as it came: Meta's times are whole seconds, and of two things within one
 * the later one must stay the later one. What comes late counts when it happened.
 */
export function happenedAt(payload: WebhookPayload, receivedAt: Date): Date {
  const seconds = Number(payload['timestamp']);
  const at = new Date(Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1_000 : Number.NaN);
  return receivedAt.getTime() - at.getTime() > LATE_MS ? at : receivedAt;
}

/** What a person reads of it: what was written (of an edited message, what it says now), the label of what was chosen, or what a place is called. */
function bodyOf(message: Json): string {
  const type = String(message['type']);
  const content = objectOf(message[type]);
  switch (type) {
    case 'text':
      return textOf(content['body']) ?? '';
    case 'button':
      return textOf(content['text']) ?? '';
    case 'reaction':
      return textOf(content['emoji']) ?? '';
    case 'interactive':
      return choiceOf(content);
    case 'location':
      return lines(content['name'], content['address'], pointOf(content));
    case 'order':
      return lines(content['text'], ...objectsOf(content['product_items']).map(orderedItem));
    case 'edit':
      return bodyOf(objectOf(content['message']));
    case 'contacts':
      return lines(...objectsOf(message['contacts']).map((card) => objectOf(card['name'])['formatted_name']));
    default:
      return textOf(content['caption']) ?? '';
  }
}

/** A button or a row of a list that was tapped, or a form that was sent. */
function choiceOf(interactive: Json): string {
  const chosen = objectOf(interactive[String(interactive['type'])]);
  return textOf(chosen['title']) ?? textOf(chosen['body']) ?? '';
}

/** How many of what, by the number that the business's own catalogue has for it. */
function orderedItem({ quantity, product_retailer_id: item }: Json): string | undefined {
  return textOf(item) === undefined ? undefined : `${Number(quantity) || 1} × ${String(item)}`;
}

/** Where a place is; nothing where Meta does not say. */
function pointOf({ latitude, longitude }: Json): string | undefined {
  return typeof latitude === 'number' && typeof longitude === 'number'
    ? `${latitude}, ${longitude}`
    : undefined;
}

function lines(...texts: readonly unknown[]): string {
  return texts.flatMap((text) => textOf(text) ?? []).join('\n');
}

function mediaOf(message: Json): InboundMessage['media'] {
  const type = FILES.find((name) => name === message['type']);
  if (!type) return [];
  const file = objectOf(message[type]);
  const id = textOf(file['id']);
  if (id === undefined) return [];
  return [{ url: mediaReference(id), contentType: textOf(file['mime_type']) ?? 'application/octet-stream' }];
}
