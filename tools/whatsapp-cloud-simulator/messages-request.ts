import { MetaError } from './errors';
import type { Template } from './model';

type Json = Record<string, unknown>;

/** What a request to `/{phone-number-id}/messages` asks for. */
export type MessagesRequest =
  | { kind: 'read'; messageId: string; typing: boolean }
  | { kind: 'send'; to: string; type: string; callbackData: string | null };

const MEDIA = ['image', 'audio', 'video', 'document', 'sticker'];
const TYPES = ['text', 'template', 'interactive', 'reaction', 'location', 'contacts', ...MEDIA];
const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;
const CALLBACK_DATA_LIMIT = 512;

/**
 * Checks a request as the published reference of the Messages API says.
 * @throws MetaError with Meta's code for the first thing that is wrong
 */
export function messagesRequest(body: Json, templates: readonly Template[]): MessagesRequest {
  if (body.messaging_product !== 'whatsapp') {
    throw new MetaError(400, 100, {
      message: '(#100) The parameter messaging_product is required.',
    });
  }
  if (body.status !== undefined) {
    if (body.status !== 'read') throw invalid('status must be read');
    const typing = body.typing_indicator !== undefined;
    return { kind: 'read', messageId: text(body, 'message_id'), typing };
  }
  const to = text(body, 'to').replace(/^\+/, '');
  if (!/^[1-9]\d{6,14}$/.test(to)) throw invalid('Recipient phone number is not a valid phone number');
  const type = body.type === undefined ? 'text' : text(body, 'type');
  if (!TYPES.includes(type)) throw new MetaError(400, 131051, { details: `Message type ${type}` });
  const content = body[type];
  if (typeof content !== 'object' || content === null) throw missing(type);
  checkContent(type, content as Json, templates);
  const data = body.biz_opaque_callback_data;
  if (data !== undefined && (typeof data !== 'string' || data.length > CALLBACK_DATA_LIMIT)) {
    throw invalid(`biz_opaque_callback_data must be a text of at most ${CALLBACK_DATA_LIMIT} characters`);
  }
  return { kind: 'send', to, type, callbackData: data ?? null };
}

function checkContent(type: string, content: Json, templates: readonly Template[]): void {
  if (type === 'text') limited(text(content, 'body'), 'body', TEXT_LIMIT);
  if (type === 'reaction') text(content, 'message_id');
  if (type === 'interactive') text(content, 'type');
  if (type === 'template') checkTemplate(content, templates);
  if (!MEDIA.includes(type)) return;
  if ((content.id === undefined) === (content.link === undefined)) {
    throw invalid(`${type} has either an id or a link`);
  }
  if (typeof content.link === 'string' && !/^https?:\/\//.test(content.link)) throw invalid('link is no URL');
  if (typeof content.caption === 'string') limited(content.caption, 'caption', CAPTION_LIMIT);
}

function checkTemplate(content: Json, templates: readonly Template[]): void {
  const name = text(content, 'name');
  const code = text((content.language ?? {}) as Json, 'code');
  const template = templates.find((one) => one.name === name && one.language === code);
  if (!template || template.status === 'PENDING' || template.status === 'REJECTED') {
    throw new MetaError(404, 132001, { details: `template name (${name}) does not exist in ${code}` });
  }
  if (template.status === 'PAUSED') throw new MetaError(400, 132015);
  if (template.status === 'DISABLED') throw new MetaError(400, 132016);
  const given = (content.components ?? []) as { type?: string; parameters?: unknown[] }[];
  for (const kind of ['header', 'body']) {
    const wanted = placesOf(template, kind);
    const got = given.find((one) => one.type?.toLowerCase() === kind)?.parameters?.length ?? 0;
    if (wanted === null || wanted === got) continue;
    const details = `${kind}: number of localizable_params (${got}) does not match the expected (${wanted})`;
    throw new MetaError(400, 132000, { details });
  }
}

/** How many values the text of a component takes; null where it is no text. */
function placesOf({ components }: Template, kind: string): number | null {
  const component = components.find((one) => String(one.type).toLowerCase() === kind);
  if (!component) return 0;
  if (typeof component.text !== 'string') return null;
  return new Set(component.text.match(/\{\{\w+\}\}/g)).size;
}

function text(of: Json, name: string): string {
  const value = of[name];
  if (value === undefined || value === '') throw missing(name);
  if (typeof value !== 'string') throw invalid(`${name} must be a text`);
  return value;
}

function limited(value: string, name: string, limit: number): void {
  if (Array.from(value).length > limit) throw invalid(`${name} is longer than ${limit} characters`);
}

function missing(name: string): MetaError {
  return new MetaError(400, 131008, { details: `Parameter ${name} is required` });
}

function invalid(details: string): MetaError {
  return new MetaError(400, 131009, { details });
}
