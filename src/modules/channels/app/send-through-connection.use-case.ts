import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import type { OrgScope, Uuid } from '../../../common/context';
import { CannotDecrypt } from '../../../common/crypto';
import { whenDatabaseIsBack } from '../../../common/database';
import { statusCallbackUrl, webhookUrl } from '../domain/webhook-endpoint';
import { Providers, type ProviderContent, type SendOutcome } from '../domain/provider';
import { smsSegments } from '../domain/sms-segments';
import { SpokenMessages } from './calls/spoken-messages';
import { ConnectionAccess } from './connection-access';
import type { OpenedConnection } from './opened-connection';

/** One message to one person. */
export interface OutgoingContent extends ProviderContent {
  /** Our message; its course is reported under this id. */
  readonly messageId: Uuid;
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly to: string;
  /** The number of ours that they wrote to, if they did. */
  readonly replyFrom?: string | null;
}

/** Sends over one connection, for a moment: its credentials are open. Calls the network; trouble is told by the outcome. */
export type ConnectionSender = (content: OutgoingContent) => Promise<SendOutcome>;

/** Sends messages with the organization's own credentials. */
@Injectable()
export class SendThroughConnection {
  constructor(
    private readonly config: Config,
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
    private readonly spoken: SpokenMessages,
  ) {}

  /** A connection that was switched off or removed sends nothing. */
  async open(scope: OrgScope, connectionId: Uuid): Promise<ConnectionSender> {
    // Messages are claimed already: while the credentials cannot be read, nothing is sent, and that is known.
    const opened = await whenDatabaseIsBack(() => this.opened(scope, connectionId));
    if (opened === 'sealed') return async () => ({ kind: 'refused', code: 'credentials_rejected' });
    if (!opened?.connection.isActive) return async () => ({ kind: 'refused', code: 'connection_inactive' });
    const { connection, account } = opened;
    const { channel, address: from, numberId: fromNumberId, provider } = connection;
    const adapter = this.providers.of(provider);
    const { publicUrl } = this.config.http;
    const scriptOf =
      channel === 'voice'
        ? await this.spoken.of(scope, connectionId, webhookUrl(publicUrl, connection, connectionId))
        : () => undefined;
    return async (content) => {
      const script = scriptOf(content);
      const statusCallback = statusCallbackUrl(publicUrl, connection, connectionId, content.messageId);
      const message = { ...content, ...(script && { script }), channel, from, fromNumberId, statusCallback };
      const outcome = await adapter.send(account, message);
      return channel === 'sms' ? withSegments(outcome, content.body) : outcome;
    };
  }

  /** `sealed`: the credentials do not open, since their key or its master key is gone. They must be entered again. */
  private async opened(scope: OrgScope, id: Uuid): Promise<OpenedConnection | 'sealed' | undefined> {
    try {
      return await this.access.open(scope, id, 'send');
    } catch (error) {
      if (error instanceof CannotDecrypt) return 'sealed';
      throw error;
    }
  }
}

/** What left, or may have left, did so as so many SMS: as the provider counts, or where it does not tell, as we do. */
function withSegments(outcome: SendOutcome, body: string | null): SendOutcome {
  if (outcome.kind !== 'accepted' && outcome.kind !== 'unknown') return outcome;
  return { ...outcome, segments: outcome.segments ?? smsSegments(body ?? '').segments };
}
