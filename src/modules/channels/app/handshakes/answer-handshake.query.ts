import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { WebhookIntake } from '../../db/webhook-intake.repository';
import type { WebhookEndpoint } from '../../domain/webhook-endpoint';
import { WebhookHandshakeRefused } from '../../domain/webhook-errors';

/** What a provider asks before it posts to an address. */
export interface Handshake {
  readonly endpoint: WebhookEndpoint;
  /** From the path, where it names a connection; without one the token of any connection will do. */
  readonly connectionId: Uuid | null;
  readonly verifyToken: string;
  readonly challenge: string;
}

/** Shows a provider that whoever answers here is the one who configured the address. */
@Injectable()
export class AnswerHandshake {
  constructor(private readonly intake: WebhookIntake) {}

  /** The challenge. Throws {@link WebhookHandshakeRefused}. */
  async execute({ endpoint, connectionId, verifyToken, challenge }: Handshake): Promise<string> {
    if (!(await this.intake.isVerifyToken(endpoint, verifyToken, connectionId)))
      throw new WebhookHandshakeRefused();
    return challenge;
  }
}
