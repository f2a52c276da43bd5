import type { ProviderMessage, ProviderStatus, SendOutcome } from '../../domain/provider';
import { templateOf } from './cloud-template-content';
import { objectsOf, textOf } from './graph-api';
import type { GraphAnswer } from './graph-http';

/**
 * What is posted for a message. Our own id goes with it and comes back in every status report: Meta keeps no list of what was
 * sent, so it alone resolves a send whose answer was lost.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/message-api
 */
export function messageBody(message: ProviderMessage): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(message.to),
    biz_opaque_callback_data: message.messageId,
    ...contentOf(message),
  };
}

/** A number, or Meta's id of a person who shows none. */
function recipientOf(to: string): Record<string, string> {
  return to.startsWith('+') ? { to } : { recipient: to };
}

function contentOf({ body, files, template }: ProviderMessage): Record<string, unknown> {
  if (template) return { type: 'template', template: templateOf(template) };
  const [file] = files;
  if (!file) return { type: 'text', text: { preview_url: false, body: body ?? '' } };
  const kind = kindOf(file.contentType);
  // A voice message has no words of its own beside it.
  const caption = body === null || kind === 'audio' ? {} : { caption: body };
  const name = kind === 'document' && file.name !== null ? { filename: file.name } : {};
  return { type: kind, [kind]: { link: file.url, ...caption, ...name } };
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media#supported-media-types */
function kindOf(contentType: string): 'image' | 'video' | 'audio' | 'document' {
  if (contentType === 'image/jpeg' || contentType === 'image/png') return 'image';
  if (contentType === 'video/mp4' || contentType === 'video/3gpp') return 'video';
  if (/^audio\/(aac|amr|mpeg|mp4|ogg)$/.test(contentType)) return 'audio';
  return 'document';
}

/** What Meta's answer to it says. A message that it holds back to look at it has been taken all the same. */
export function acceptedOf(answer: GraphAnswer): SendOutcome {
  const providerMessageId = textOf(objectsOf(answer['messages'])[0]?.['id']);
  if (providerMessageId === undefined) return { kind: 'unknown' };
  const status: ProviderStatus = 'accepted';
  return { kind: 'accepted', providerMessageId, status };
}
