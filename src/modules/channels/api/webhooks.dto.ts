/** What Twilio posts, as far as it is read. https://www.twilio.com/docs/messaging/guides/webhook-request */
export class TwilioWebhookDto {
  /** The provider's id of the message. @example "SM0123456789abcdef0123456789abcdef" */
  MessageSid!: string;
  /** @example "AC0123456789abcdef0123456789abcdef" */
  AccountSid!: string;
  /** @example "whatsapp:+4915112345678" */
  From!: string;
  /** @example "whatsapp:+14155238886" */
  To!: string;
  /** The text of a customer's message. @example "Is Friday free?" */
  Body?: string;
  /** How many `MediaUrl0`, `MediaContentType0`, … there are. @example "0" */
  NumMedia?: string;
  /** @example "Dana" */
  ProfileName?: string;
  /** Given in status callbacks. @example "delivered" */
  MessageStatus?: string;
  /** Why a message was not delivered. @example "63016" */
  ErrorCode?: string;
}
