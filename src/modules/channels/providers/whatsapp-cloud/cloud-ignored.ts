import { sha256 } from '../../../../common/crypto';
import type { LoggedEvent, WebhookEvent, WebhookPayload } from '../../domain/provider';
import { objectOf, textOf } from './graph-api';

type Json = Readonly<Record<string, unknown>>;

const MESSAGE_ID = /^[\x21-\x7e]{1,512}$/;

/** True of an id of a message, as Meta writes it. */
export function isMessageId(id: unknown): id is string {
  return typeof id === 'string' && MESSAGE_ID.test(id);
}

/** An id for what has none: the same when it is told again. It tells of nobody. */
export function idOf(told: unknown): string {
  return sha256(JSON.stringify(told)).slice(0, 32);
}

/**
 * What something that looks like a customer's message is instead; undefined of one that somebody wrote. What nobody wrote opens
 * no conversation, and is consent to nothing.
 */
export function unwritten(message: Json): string | undefined {
  const { type, group_id: group } = message;
  // A group is nobody's thread.
  if (group !== undefined) return 'group_message';
  if (type === 'system') return 'system_message';
  // Somebody opened the chat, and has not written yet.
  if (type === 'request_welcome') return 'welcome_request';
  if (type === 'revoke') return 'deleted_message';
  if (type === 'reaction' && textOf(objectOf(message['reaction'])['emoji']) === undefined)
    return 'removed_reaction';
  return undefined;
}

/** Who it was and what kind of thing; what was said is nothing that anybody needs. */
const KEPT = ['id', 'from', 'from_user_id', 'recipient_id', 'recipient_user_id', 'wa_id', 'user_id'] as const;
const DESCRIBED = ['type', 'status', 'timestamp'] as const;
const MOST = 512;

/** An event of a number that is logged, and of no effect. */
export function ignoredEvent(
  common: { readonly accountId: string; readonly numberId: string; readonly shared: WebhookPayload },
  kind: string,
  told: Json,
): WebhookEvent {
  const externalId = isMessageId(told['id']) ? told['id'] : idOf(told);
  const { accountId, numberId, shared } = common;
  const kept = [...KEPT, ...DESCRIBED].flatMap((name) => {
    const value = textOf(told[name]);
    return value === undefined ? [] : [[name, value.slice(0, MOST)]];
  });
  return {
    type: 'notice',
    eventId: `notice:${kind}:${idOf(told)}`,
    ...{ externalId, address: null, numberId, accountId },
    payload: { ...(Object.fromEntries(kept) as WebhookPayload), ...shared, notice: kind },
  };
}

/** What a logged event of type `notice` is about. */
export function cloudNoticeKind({ payload }: LoggedEvent): string {
  return textOf(payload['notice']) ?? 'unreadable';
}
