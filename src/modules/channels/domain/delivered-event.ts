/** What was delivered of one event, as JSON, by the provider's names. Twilio's are all texts. */
export type WebhookPayload = Readonly<Record<string, unknown>>;

/**
 * What an event is about. `preference`: a person told the provider what they want of this business. `notice`: it is logged, and of
 * no effect here.
 */
export const WEBHOOK_EVENT_TYPES = [
  'message',
  'status',
  'call',
  'call_status',
  'recording',
  'template',
  'preference',
  'notice',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/**
 * One event of a webhook request. A request of Twilio's holds one; one of Meta's several, of several numbers, which may be
 * connections of several organizations.
 */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  /** The same for a repeated delivery, another one for every other event; a status is part of it. */
  readonly eventId: string;
  /** The provider's id of the message, call or template that it is about; one of ours where there is none. It tells of nobody. */
  readonly externalId: string;
  /** The business number that it is about, E.164 or a short code, where it names one. */
  readonly address: string | null;
  /** The provider's own id of that number, where it names one. Neither: it is about the account. */
  readonly numberId: string | null;
  /** The provider's account that it comes from. */
  readonly accountId: string;
  readonly payload: WebhookPayload;
}
