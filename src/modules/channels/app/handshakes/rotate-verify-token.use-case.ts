import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import type { OrgScope, Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { ConnectionsRepository } from '../../db/connections.repository';
import { ConnectionNotFound, HandshakeNotUsed } from '../../domain/errors';
import { NumberIsShared } from '../../domain/shared-number-errors';
import { sharedWebhookUrl, shakesHands, webhookUrl } from '../../domain/webhook-endpoint';
import { CredentialTrail } from '../credential-trail';
import type { WebhookSetup } from './show-webhook-setup.query';

/** Replaces the token of a provider's handshake. The one before counts no more: it is asked for only when an address is entered. */
@Injectable()
export class RotateVerifyToken {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly config: Config,
    private readonly connections: ConnectionsRepository,
    private readonly trail: CredentialTrail,
  ) {}

  /** Throws `ConnectionNotFound`, `NumberIsShared` and `HandshakeNotUsed`. */
  execute(scope: OrgScope, id: Uuid): Promise<WebhookSetup> {
    return this.effects.once({ ...scope, pool: 'service' }, async () => {
      const connection = await this.connections.find(id);
      if (!connection) throw new ConnectionNotFound();
      if (connection.shared_connection_id !== null) throw new NumberIsShared();
      if (!shakesHands(connection)) throw new HandshakeNotUsed();
      const verifyToken = randomBytes(32).toString('base64url');
      await this.connections.replaceVerifyToken(id, verifyToken);
      await this.trail.note(scope, id, 'rotate_verify_token');
      const { publicUrl } = this.config.http;
      return {
        webhookUrl: webhookUrl(publicUrl, connection, id),
        sharedWebhookUrl: sharedWebhookUrl(publicUrl, connection),
        verifyToken,
      };
    });
  }
}
