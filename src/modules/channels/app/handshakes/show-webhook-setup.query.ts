import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { ConnectionsRepository } from '../../db/connections.repository';
import { ConnectionNotFound } from '../../domain/errors';
import { NumberIsShared } from '../../domain/shared-number-errors';
import { sharedWebhookUrl, shakesHands, webhookUrl } from '../../domain/webhook-endpoint';
import { CredentialTrail } from '../credential-trail';

/** What is to be entered at the provider, so that it posts here. */
export interface WebhookSetup {
  readonly webhookUrl: string;
  readonly sharedWebhookUrl: string;
  /** Null where the provider does not ask for one. */
  readonly verifyToken: string | null;
}

/** Shows what connects the provider's side; the token that it asks for is shown nowhere else. */
@Injectable()
export class ShowWebhookSetup {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly connections: ConnectionsRepository,
    private readonly trail: CredentialTrail,
  ) {}

  /** That it was shown is in the audit trail. Throws `ConnectionNotFound` and `NumberIsShared`. */
  execute(scope: OrgScope, id: Uuid): Promise<WebhookSetup> {
    return this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      const connection = await this.connections.find(id);
      const token = await this.connections.verifyTokenOf(id);
      if (!connection || token === undefined) throw new ConnectionNotFound();
      if (connection.shared_connection_id !== null) throw new NumberIsShared();
      const isShown = shakesHands(connection);
      if (isShown) await this.trail.note(scope, id, 'set_up');
      const { publicUrl } = this.config.http;
      return {
        webhookUrl: webhookUrl(publicUrl, connection, id),
        sharedWebhookUrl: sharedWebhookUrl(publicUrl, connection),
        verifyToken: isShown ? token : null,
      };
    });
  }
}
