import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { CannotDecrypt } from '../../../common/crypto';
import { ConnectionNotFound, CredentialsRejected } from '../domain/errors';
import { Providers, type SentMessage } from '../domain/provider';
import { ConnectionAccess } from './connection-access';
import type { OpenedConnection } from './opened-connection';

/** Which messages of a connection to look for. */
export interface SentMessagesQuery {
  readonly connectionId: Uuid;
  readonly to: string;
  /** The number of ours that they wrote to, if they did. */
  readonly replyFrom?: string | null;
  /** Messages made before this are left out. */
  readonly since: Date;
}

/** Asks the provider what was sent to one person, whether or not the connection is still active. */
@Injectable()
export class LookUpSentMessages {
  constructor(
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
  ) {}

  /** Null where the provider has no such list. Throws `ConnectionNotFound`, `CredentialsRejected` and `ProviderUnavailable`. */
  async execute(
    scope: OrgScope,
    { connectionId, ...query }: SentMessagesQuery,
  ): Promise<SentMessage[] | null> {
    const { connection, account } = await this.open(scope, connectionId);
    const { channel, address: from, numberId: fromNumberId, provider } = connection;
    return this.providers.of(provider).listSent(account, { channel, from, fromNumberId, ...query });
  }

  /** Credentials that do not open are as good as wrong ones: they must be entered again. */
  private async open(scope: OrgScope, id: Uuid): Promise<OpenedConnection> {
    try {
      const opened = await this.access.open(scope, id, 'look_up');
      if (opened) return opened;
    } catch (error) {
      throw error instanceof CannotDecrypt ? new CredentialsRejected() : error;
    }
    throw new ConnectionNotFound();
  }
}
