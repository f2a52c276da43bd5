import type { Uuid } from '../../../common/context';
import type { Channel, ProviderName, Routing } from './channel';
import type { VerificationMode } from './verification';

/** What other modules may know of a connection. */
export interface ConnectionSummary {
  readonly id: Uuid;
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** E.164, or by SMS a short code. */
  readonly address: string;
  readonly friendlyName: string;
  readonly isActive: boolean;
  /** The account at the provider. */
  readonly accountId: string;
  /** The provider's own id of the number, where it has one: Meta's phone number id, Twilio's Messaging Service. */
  readonly numberId: string | null;
  /** `shared`: several organizations use the number. */
  readonly routing: Routing;
}

/** A connection as members see it: everything but its credentials. */
export interface Connection extends ConnectionSummary {
  /** At most so many messages in a second. */
  readonly sendsPerSecond: number;
  readonly lastVerifiedAt: Date | null;
  /** What becomes of a delivery whose signature does not fit. */
  readonly verificationMode: VerificationMode;
  /** When it enforces again; null as long as it does. */
  readonly observeUntil: Date | null;
  /** When the credentials end by themselves; null for those that do not. */
  readonly credentialsExpireAt: Date | null;
  /** Until then deliveries may be signed with the secret that was replaced; null where there is none. */
  readonly previousCredentialsUntil: Date | null;
  /** One more with every change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
