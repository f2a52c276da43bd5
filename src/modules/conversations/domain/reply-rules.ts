import { isWindowOpen } from './session-window';

/** Why nothing can be sent in a thread. The same words stand in a message's error code when it was refused. */
export const REPLY_REFUSALS = [
  'connection_gone',
  'connection_inactive',
  'number_suspended',
  'invalid_number',
  'opted_out',
  'outside_window',
] as const;
export type ReplyRefusal = (typeof REPLY_REFUSALS)[number];

/**
 * The same, and what concerns a message and not its thread: that the organization is suspended (none of its members can read
 * that in a thread), and that the template of the message is not approved any more, or switched off.
 */
export type SendRefusal = ReplyRefusal | 'organization_suspended' | 'template_not_approved' | 'code_over';

/** What decides whether something can be sent. */
export interface ReplyCircumstances {
  /** Undefined when the number was removed. */
  readonly connection: { readonly isActive: boolean } | undefined;
  /** Nothing is sent to the number, whatever the person consented to. */
  readonly barred?: 'suspended' | 'invalid' | null;
  readonly mayMessage: boolean;
  /** The channel and what is said: free text on WhatsApp needs an open window. */
  readonly needsWindow: boolean;
  readonly sessionWindowEndsAt: Date | null;
  readonly now: Date;
}

/** The first reason against it, or null. One rule: asked when a message is made, again when it is sent, and by lists. */
export function replyRefusal(circumstances: ReplyCircumstances): ReplyRefusal | null {
  const { connection, barred, mayMessage, needsWindow, sessionWindowEndsAt, now } = circumstances;
  if (!connection) return 'connection_gone';
  if (!connection.isActive) return 'connection_inactive';
  if (barred === 'suspended') return 'number_suspended';
  if (barred === 'invalid') return 'invalid_number';
  if (!mayMessage) return 'opted_out';
  if (needsWindow && !isWindowOpen(sessionWindowEndsAt, now)) return 'outside_window';
  return null;
}
