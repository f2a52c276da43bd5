/** What can be done with an invitation: an open one is accepted, sent again or revoked; an expired one the last two. */
export const INVITATION_STATES = ['open', 'accepted', 'revoked', 'expired'] as const;

export type InvitationState = (typeof INVITATION_STATES)[number];

/** How long an invitation can be accepted after it was sent, in milliseconds: a week. */
export const INVITATION_LIFETIME = 7 * 86_400_000;
