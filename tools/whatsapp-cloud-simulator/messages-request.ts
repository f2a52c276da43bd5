import { MetaError } from './errors';
import type { AccountHoldings } from './store';
import { sentTemplate } from './templates';

type Json = Record<string, unknown>;

/** What a request to `/{phone-number-id}/messages` asks for. */
export type MessagesRequest =
  | { kind: 'read'; messageId: string; typing: boolean }
  | { kind: 'send'; to: string; type: string; text: string; callbackData: string | null };

const MEDIA = ['image', 'audio', 'video', 'document', 'sticker'];
const TYPES = ['text', 'template', 'interactive', 'reaction', 'location', 'contacts', ...MEDIA];
const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;
const CALLBACK_DATA_LIMIT = 512;

/**
 * Checks what Meta itself answers with a code of its own.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 * @throws MetaError for the first thing that is wrong
 */
export function messagesRequest(body: Json, holdings: AccountHoldings): MessagesRequest {
  if (body.messaging_product !== 'whatsapp') {
    throw new MetaError(400, 100, { message: '(#100) The parameter messaging_product is required.' });
  }
  if (body.status !== undefined) {
    if (body.status !== 'read') throw invalid('status must be read');
    return { kind: 'read', messageId: text(body, 'message_id'), typing: body.typing_indicator !== undefined };
  }
  const to = recipientOf(body);
  const type = body.type === undefined ? 'text' : text(body, 'type');
  if (!TYPES.includes(type)) throw new MetaError(400, 131051, { details: `Message type ${type}` });
  const content = body[type];
  if (typeof content !== 'object' || content === null) throw missing(type);
  const shown = shownText(type, content as Json, holdings);
  const data = body.biz_opaque_callback_data;
  if (data !== undefined && (typeof data !== 'string' || data.length > CALLBACK_DATA_LIMIT)) {
    throw invalid(`biz_opaque_callback_data must be a text of at most ${CALLBACK_DATA_LIMIT} characters`);
  }
  return { kind: 'send', to, type, text: shown, callbackData: data ?? null };
}

/**
 * The digits of a number, or Meta's id of a person who shows none (`US.13491208655302741918`):
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
 */
function recipientOf(body: Json): string {
  if (body.recipient !== undefined) {
    const id = text(body, 'recipient');
    if (!isUserId(id)) throw invalid('Recipient is not a valid user id');
    return id;
  }
  const to = text(body, 'to').replace(/^\+/, '');
  if (!/^[1-9]\d{6,14}$/.test(to)) throw invalid('Recipient phone number is not a valid phone number');
  return to;
}

/** Whether an address is Meta's id of a person at one business. */
export function isUserId(address: string): boolean {
  return /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/.test(address);
}

/** What the customer reads of a message. */
function shownText(type: string, content: Json, holdings: AccountHoldings): string {
  if (type === 'text') return limited(text(content, 'body'), 'body', TEXT_LIMIT);
  if (type === 'template') return sentTemplate(content, holdings.templates);
  if (MEDIA.includes(type)) return caption(type, content, holdings);
  if (type === 'reaction') text(content, 'message_id');
  if (type === 'interactive') text(content, 'type');
  return '';
}

function caption(type: string, content: Json, holdings: AccountHoldings): string {
  const { id, link } = content;
  if ((id === undefined) === (link === undefined)) throw invalid(`${type} has either an id or a link`);
  if (link !== undefined && !/^https?:\/\//.test(text(content, 'link'))) throw invalid('link is no URL');
  if (id !== undefined && !holdings.hasMedia(text(content, 'id'))) {
    throw new MetaError(400, 100, {
      message: `(#100) Param ${type}['id'] is not a valid whatsapp business account media attachment ID`,
    });
  }
  return content.caption === undefined ? '' : limited(text(content, 'caption'), 'caption', CAPTION_LIMIT);
}

function text(of: Json, name: string): string {
  const value = of[name];
  if (value === undefined || value === '') throw missing(name);
  if (typeof value !== 'string') throw invalid(`${name} must be a text`);
  return value;
}

function limited(value: string, name: string, limit: number): string {
  if (Array.from(value).length > limit) throw invalid(`${name} is longer than ${limit} characters`);
  return value;
}

function missing(name: string): MetaError {
  return new MetaError(400, 131008, { details: `Parameter ${name} is required` });
}

function invalid(details: string): MetaError {
  return new MetaError(400, 131009, { details });
}
