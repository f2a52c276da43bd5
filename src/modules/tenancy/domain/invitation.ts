import { TooManyInvitations } from './invitation-errors';

/** What can be done with an invitation: an open one is accepted, sent again or revoked; an expired one the last two. */
export const INVITATION_STATES = ['open', 'accepted', 'revoked', 'expired'] as const;

export type InvitationState = (typeof INVITATION_STATES)[number];

/** How long an invitation can be accepted after it was sent, in milliseconds: a week. */
export const INVITATION_LIFETIME = 7 * 86_400_000;

/** Mails with invitations that an organization asked for. */
export interface InvitationMailCounts {
  /** To one address within the hour. */
  readonly address: number;
  /** To all addresses within the hour. */
  readonly hour: number;
  /** To all addresses within the day. */
  readonly day: number;
}

/** Nobody asked for them: no mailbox is filled, and no organization is a way to mail the world. */
export const INVITATION_MAILS: InvitationMailCounts = { address: 3, hour: 50, day: 200 };

/** Throws {@link TooManyInvitations} where one more mail would be too many. */
export function checkInvitationMails({ address, hour, day }: InvitationMailCounts): void {
  if (address >= INVITATION_MAILS.address) throw new TooManyInvitations('To this address', 'hour');
  if (hour >= INVITATION_MAILS.hour) throw new TooManyInvitations('By this organization', 'hour');
  if (day >= INVITATION_MAILS.day) throw new TooManyInvitations('By this organization', 'day');
}
