import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { MessageStatus } from '../domain/message';
import { GIVEN_UP, type Progress } from '../domain/message-progress';

/** More than one connection can have lost the answers of in a day, unless nothing works; the next run finds the others. */
const MOST_LOST = 500;

interface ProgressRow extends Record<string, unknown> {
  provider_message_id: string;
  status: MessageStatus;
  error_code: string | null;
}

/** Outgoing messages of the organization at hand, as they are compared with the provider's. */
@Injectable()
export class ReconciledMessages {
  constructor(private readonly database: Database) {}

  /** By the provider's ids; those that belong to none of ours are left out. */
  async progressOf(providerMessageIds: readonly string[]): Promise<Map<string, Progress>> {
    const { tx } = this.database;
    const rows = await tx.query<ProgressRow>(
      `SELECT provider_message_id, status, error_code FROM messages
       WHERE org_id = $1 AND provider_message_id = ANY ($2::text[]) AND direction = 'outgoing'`,
      [tx.orgId, providerMessageIds],
    );
    return new Map(
      rows.map(({ provider_message_id: providerMessageId, status, error_code: errorCode }) => [
        providerMessageId,
        { providerMessageId, status, errorCode },
      ]),
    );
  }

  /** Those of a connection that were handed over since, whose answer was lost, and that were not found so far. */
  async lost(connectionId: Uuid, since: Date): Promise<Uuid[]> {
    const { tx } = this.database;
    const rows = await tx.query<{ id: Uuid }>(
      `SELECT m.id FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE m.org_id = $1 AND m.status = 'failed' AND m.provider_message_id IS NULL AND m.attempted_at >= $3
         AND m.error_code = ANY ($4::text[]) AND c.connection_id = $2
       ORDER BY m.attempted_at LIMIT ${MOST_LOST}`,
      [tx.orgId, connectionId, since, GIVEN_UP],
    );
    return rows.map(({ id }) => id);
  }
}
