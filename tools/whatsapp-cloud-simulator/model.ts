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
  /** When the token stops showing data, for tokens of people; null: never. */
  dataAccessExpiresAt: Date | null;
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
  /** Meta stops carrying for a number that is not CONNECTED. */
  status: 'CONNECTED' | 'DISCONNECTED' | 'BANNED' | 'FLAGGED';
  qualityRating: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN';
}

/** A message template in one language. */
export interface Template {
  id: string;
  accountId: string;
  name: string;
  language: string;
  status: 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED' | 'DISABLED';
  category: 'UTILITY' | 'MARKETING' | 'AUTHENTICATION';
  /** Whether its variables are numbers or names. */
  parameterFormat: 'POSITIONAL' | 'NAMED';
  rejectedReason: string;
  components: Record<string, unknown>[];
}

/** A file that a customer sent, or that was uploaded to be sent. */
export interface MediaFile {
  /** Meta's media id. */
  id: string;
  accountId: string;
  mimeType: string;
  content: Buffer;
}

/** Delivery state of a message that the business sent. */
export type MessageStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

/** What the simulator remembers of a message that the business sent. */
export interface Message {
  /** `wamid.…` */
  id: string;
  accountId: string;
  numberId: string;
  /** The digits of the recipient, or Meta's id of a person who shows none. */
  to: string;
  type: string;
  /** What the customer reads: of a template with its values filled in, of a file its caption. */
  text: string;
  /** The request as it came. */
  request: Record<string, unknown>;
  status: MessageStatus;
  errorCode: number | null;
  callbackData: string | null;
  createdAt: Date;
}
