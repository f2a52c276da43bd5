import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import type { OrgScope, Uuid } from '../../../common/context';
import { CannotDecrypt } from '../../../common/crypto';
import { whenDatabaseIsBack } from '../../../common/database';
import { statusCallbackUrl } from '../domain/connection';
import { Providers, type ProviderContent, type SendOutcome } from '../domain/provider';
import { ConnectionAccess, type OpenedConnection } from './connection-access';

/** One message to one person, over one connection. */
export interface OutgoingContent extends ProviderContent {
  readonly connectionId: Uuid;
  /** Our message; its course is reported under this id. */
  readonly messageId: Uuid;
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly to: string;
}

/** Sends a message with the organization's own credentials. */
@Injectable()
export class SendThroughConnection {
  constructor(
    private readonly config: Config,
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
  ) {}

  /** A connection that was switched off or removed sends nothing. */
  async execute(
    scope: OrgScope,
    { connectionId, messageId, to, body, mediaUrls, template }: OutgoingContent,
  ): Promise<SendOutcome> {
    // The message is claimed already: while the credentials cannot be read, nothing is sent, and that is known.
    const opened = await whenDatabaseIsBack(() => this.open(scope, connectionId));
    if (opened === 'sealed') return { kind: 'refused', code: 'credentials_rejected' };
    if (!opened?.connection.isActive) return { kind: 'refused', code: 'connection_inactive' };
    const { connection, account } = opened;
    return this.providers.of(connection.provider).send(account, {
      channel: connection.channel,
      from: connection.address,
      to,
      body,
      mediaUrls,
      template,
      statusCallback: statusCallbackUrl(this.config.http.publicUrl, connectionId, messageId),
    });
  }

  /** `sealed`: the credentials do not open, since their key or its master key is gone. They must be entered again. */
  private async open(scope: OrgScope, id: Uuid): Promise<OpenedConnection | 'sealed' | undefined> {
    try {
      return await this.access.open(scope, id, 'send');
    } catch (error) {
      if (error instanceof CannotDecrypt) return 'sealed';
      throw error;
    }
  }
}
