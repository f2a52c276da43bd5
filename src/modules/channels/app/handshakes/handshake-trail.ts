import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Log } from '../../../../common/logging';
import { Allowances } from '../../../../common/time/allowance';
import { AuditTrail } from '../../../audit';

/** A handshake, and how it was answered. */
export interface NotedHandshake {
  readonly isAccepted: boolean;
  /** The connection in the path, or the one with the token; undefined where it is for none. */
  readonly connection: { readonly orgId: Uuid; readonly id: Uuid } | undefined;
  /** Null where a proxy passed on something that is no address. */
  readonly ip: string | null;
}

/** Rows for one connection, for one address, and for all together, in this process. The trail is kept for long. */
const ACCEPTED = { size: 10, perMinute: 1 };
const ADDRESS = { size: 5, perMinute: 1 };
const TOGETHER = { size: 60, perMinute: 10 };

/**
 * Tells the trail of a connection, or that of the installation where none was meant, who shook hands and whether the token was right.
 * Within an allowance, so that who guesses tokens cannot fill the trail, nor keep out what was right. Written beside the answer, one after the other.
 */
@Injectable()
export class HandshakeTrail implements OnModuleDestroy {
  private readonly accepted = new Allowances(ACCEPTED);
  private readonly refused = new Allowances(ADDRESS, TOGETHER);
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
    private readonly log: Log,
  ) {}

  /** Returns at once, and never throws. */
  note(handshake: NotedHandshake): void {
    const { isAccepted, connection, ip } = handshake;
    const isAllowed = isAccepted ? this.accepted.take(connection?.id ?? '') : this.refused.take(ip ?? '');
    if (isAllowed) this.writing = this.writing.then(() => this.write(handshake));
  }

  /** What was noted is written before the program stops. */
  async onModuleDestroy(): Promise<void> {
    await this.writing;
  }

  private async write({ isAccepted, connection, ip }: NotedHandshake): Promise<void> {
    const record = (): Promise<void> =>
      this.audit.record({
        eventType: 'channels.webhook-handshake',
        operation: isAccepted ? 'ACCEPT' : 'DENY',
        orgId: connection?.orgId ?? null,
        actor: { type: 'system', id: null },
        ...(connection ? { tableName: 'channel_connections', recordId: connection.id } : {}),
        ...(ip === null ? {} : { ipAddress: ip }),
      });
    try {
      if (connection) await this.database.runInOrg(systemScope(connection.orgId), record);
      else await record();
    } catch (error) {
      this.log.error('a handshake could not be noted', { connectionId: connection?.id, error });
    }
  }
}
