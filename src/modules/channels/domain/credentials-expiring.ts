import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** How many days before their end credentials are news: once each. */
export const EXPIRY_WARNINGS = [14, 7, 1] as const;

/** The credentials of a connection end soon: from then on nothing is sent over it. */
export class CredentialsExpiring extends DomainEvent<{
  readonly orgId: Uuid;
  readonly connectionId: Uuid;
  /** ISO 8601. */
  readonly expireAt: string;
  /** One of {@link EXPIRY_WARNINGS}: so many are left at most. */
  readonly days: number;
}> {
  static readonly eventName = 'channels.credentials-expiring';
}
