import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { ConnectionNotFound } from '../domain/errors';
import { Providers, type SentMessage } from '../domain/provider';
import { ConnectionAccess } from './connection-access';

/** Which messages of a connection to look for. */
export interface SentMessagesQuery {
  readonly connectionId: Uuid;
  readonly to: string;
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

  /** Throws `ConnectionNotFound`, `CredentialsRejected` and `ProviderUnavailable`. */
  async execute(scope: OrgScope, { connectionId, to, since }: SentMessagesQuery): Promise<SentMessage[]> {
    const opened = await this.access.open(scope, connectionId, 'look_up');
    if (!opened) throw new ConnectionNotFound();
    const { connection, account } = opened;
    const { channel, address: from, provider } = connection;
    return this.providers.of(provider).listSent(account, { channel, from, to, since });
  }
}
