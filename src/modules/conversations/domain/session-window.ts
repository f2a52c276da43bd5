const HOURS_24 = 24 * 60 * 60 * 1000;

/**
 * Until when free text may be sent after a message from the customer.
 * https://developers.facebook.com/docs/whatsapp/pricing#customer-service-windows
 */
export function sessionWindowAfter(inboundAt: Date): Date {
  return new Date(inboundAt.getTime() + HOURS_24);
}

/** True while free text may be sent. */
export function isWindowOpen(endsAt: Date | null, now: Date): boolean {
  return endsAt !== null && now < endsAt;
}

/** True for what may only be said in an open window: on WhatsApp all but a template that the provider approved. */
export function needsWindow(
  channel: string,
  template: { readonly contentId: string | null } | null,
): boolean {
  return channel === 'whatsapp' && !template?.contentId;
}
