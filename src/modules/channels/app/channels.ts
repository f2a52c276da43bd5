import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import type { ConnectionSummary } from '../domain/connection';
import type { SendOutcome, SentMessage } from '../domain/provider';
import { ConnectionsRepository, summaryOf } from '../db/connections.repository';
import { LookUpSentMessages, type SentMessagesQuery } from './look-up-sent-messages.query';
import { SendThroughConnection, type OutgoingText } from './send-through-connection.use-case';

/** What the rest of the program may ask of the pipes. */
@Injectable()
export class Channels {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly sending: SendThroughConnection,
    private readonly sent: LookUpSentMessages,
  ) {}

  /** A connection of the organization at hand; undefined when it is gone. */
  async connection(id: Uuid): Promise<ConnectionSummary | undefined> {
    const row = await this.connections.find(id);
    return row && summaryOf(row);
  }

  /** Sends one text. Calls the network, so never inside a transaction; trouble is told by the outcome. */
  send(scope: OrgScope, text: OutgoingText): Promise<SendOutcome> {
    return this.sending.execute(scope, text);
  }

  /**
   * What the provider knows to have been sent, newest first, at most 200; for sends whose outcome is unknown. Calls the
   * network. Throws `ConnectionNotFound`, `CredentialsRejected` and `ProviderUnavailable`.
   */
  listSent(scope: OrgScope, query: SentMessagesQuery): Promise<SentMessage[]> {
    return this.sent.execute(scope, query);
  }
}
