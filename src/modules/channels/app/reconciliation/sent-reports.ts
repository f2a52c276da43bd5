import type { Uuid } from '../../../../common/context';
import type { ProviderStatus } from '../../domain/provider';

/** How far the provider says that a message of it has come. */
export interface SentReport {
  readonly providerMessageId: string;
  readonly status: ProviderStatus;
}

/**
 * Port: what is known here of sent messages. A module above implements it, which keeps them. In the transaction at hand.
 */
export abstract class SentReports {
  /** Those of the provider's messages that are ours and, here, have not come so far: their ids. */
  abstract behind(reports: readonly SentReport[]): Promise<ReadonlySet<string>>;
  /** Has the provider asked once more for messages of a connection whose answer was lost since. */
  abstract lookAgain(connectionId: Uuid, since: Date): Promise<void>;
}
