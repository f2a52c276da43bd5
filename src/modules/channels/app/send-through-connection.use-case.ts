import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import type { OrgScope, Uuid } from '../../../common/context';
import { whenDatabaseIsBack } from '../../../common/database';
import { statusCallbackUrl } from '../domain/connection';
import { Providers, type SendOutcome } from '../domain/provider';
import { ConnectionAccess } from './connection-access';

/** One text to one person, over one connection. */
export interface OutgoingText {
  readonly connectionId: Uuid;
  /** Our message; its course is reported under this id. */
  readonly messageId: Uuid;
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly to: string;
  readonly body: string;
}

/** Sends a text with the organization's own credentials. */
@Injectable()
export class SendThroughConnection {
  constructor(
    private readonly config: Config,
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
  ) {}

  /** A connection that was switched off or removed sends nothing. */
  async execute(scope: OrgScope, { connectionId, messageId, to, body }: OutgoingText): Promise<SendOutcome> {
    // The message is claimed already: while the credentials cannot be read, nothing is sent, and that is known.
    const opened = await whenDatabaseIsBack(() => this.access.open(scope, connectionId, 'send'));
    if (!opened?.connection.isActive) return { kind: 'refused', code: 'connection_inactive' };
    const { connection, account } = opened;
    return this.providers.of(connection.provider).send(account, {
      channel: connection.channel,
      from: connection.address,
      to,
      body,
      statusCallback: statusCallbackUrl(this.config.http.publicUrl, connectionId, messageId),
    });
  }
}
