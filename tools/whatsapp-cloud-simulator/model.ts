/** A WhatsApp Business Account with the app that speaks for it. Several may have the same app: its secret and its address. */
export interface Account {
  /** The WABA's id. */
  id: string;
  appId: string;
  /** Signs the webhooks. */
  appSecret: string;
  accessToken: string;
  /** When the token ends; null for one that does not. */
  tokenExpiresAt: Date | null;
  /** Where the app's webhooks are posted; null means that nobody is told. */
  webhookUrl: string | null;
}

/** A number of a WABA. */
export interface PhoneNumber {
  /** Meta's phone_number_id. */
  id: string;
  accountId: string;
  /** E.164. */
  address: string;
  verifiedName: string;
}

/** A message template in one language. */
export interface Template {
  id: string;
  accountId: string;
  name: string;
  language: string;
  status: 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED' | 'DISABLED';
  category: 'UTILITY' | 'MARKETING' | 'AUTHENTICATION';
  components: Record<string, unknown>[];
}

/** Delivery state of a message that the business sent. */
export type MessageStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

/** What the simulator remembers of a message that the business sent. */
export interface Message {
  /** `wamid.…` */
  id: string;
  accountId: string;
  numberId: string;
  /** The digits of the recipient. */
  to: string;
  type: string;
  /** The request as it came. */
  request: Record<string, unknown>;
  status: MessageStatus;
  errorCode: number | null;
  callbackData: string | null;
  createdAt: Date;
}
