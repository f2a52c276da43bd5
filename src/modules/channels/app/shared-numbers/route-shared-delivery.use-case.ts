import { Injectable } from '@nestjs/common';
import { ConnectionsRepository } from '../../db/connections.repository';
import { SharedDeliveries, type ClaimedDelivery } from '../../db/shared-numbers/shared-deliveries.repository';
import { ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedSenders } from '../../db/shared-numbers/shared-senders.repository';
import { WebhookLogsRepository, type LoggedDeliveryRow } from '../../db/webhook-logs.repository';
import { webhookType } from '../../domain/webhook-source';
import { LoggedDeliveries } from '../logged-deliveries.query';
import { RouteSharedMessage } from './route-shared-message';

/** Finds out whose a delivery over a shared number is, once; in the transaction at hand, of the organization that owns the number. */
@Injectable()
export class RouteSharedDelivery {
  constructor(
    private readonly logs: WebhookLogsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly deliveries: SharedDeliveries,
    private readonly parked: ParkedDeliveries,
    private readonly senders: SharedSenders,
    private readonly logged: LoggedDeliveries,
    private readonly messages: RouteSharedMessage,
  ) {}

  /** What can never succeed is noted on the log and does not throw. */
  async execute(delivery: ClaimedDelivery, startedAt: Date): Promise<void> {
    if (!(await this.logs.lockEvent(delivery.eventId)) || (await this.parked.isParked(delivery))) return;
    const row = await this.deliveries.read(delivery);
    const number = await this.connections.find(delivery.connectionId);
    // Given away already, and the claim is the operator's own.
    if (!row) return;
    if (!number) return this.deliveries.end(delivery, startedAt, 'connection_removed');
    if (row.webhook_type === webhookType('status')) return this.routeStatus(delivery, row, startedAt);
    const message = this.logged.messageOf(row);
    if (!message) return this.deliveries.end(delivery, startedAt, 'sender_erased');
    await this.messages.execute(delivery, message, { startedAt, isVouchedFor: row.verdict === null });
  }

  /** A status goes to whose message it is about. Our question is nobody's. */
  private async routeStatus(
    delivery: ClaimedDelivery,
    row: LoggedDeliveryRow,
    startedAt: Date,
  ): Promise<void> {
    const report = this.logged.reportOf(row);
    const owner = await this.deliveries.senderOf(delivery.connectionId, report);
    if (owner && (await this.deliveries.give(delivery, owner)) === 'given') return;
    const isQuestion = report.messageId !== null && (await this.senders.isKnown(report.messageId));
    await this.deliveries.end(delivery, startedAt, isQuestion ? null : 'unknown_message');
  }
}
