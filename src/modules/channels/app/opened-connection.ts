import type { Connection } from '../domain/connection';
import type { ProviderAccount } from '../domain/provider';

/** A connection with what opens its account. */
export interface OpenedConnection {
  readonly connection: Connection;
  readonly account: ProviderAccount;
  /** It stands for a number that is shared: not all that comes in over that is this organization's. */
  readonly isMember: boolean;
}
