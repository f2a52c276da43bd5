import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { WebhookIntake } from '../../db/webhook-intake.repository';
import type { WebhookEndpoint } from '../../domain/webhook-endpoint';
import { WebhookHandshakeRefused } from '../../domain/webhook-errors';
import { HandshakeTrail } from './handshake-trail';

/** What a provider asks before it posts to an address. */
export interface Handshake {
  readonly endpoint: WebhookEndpoint;
  /** From the path, where it names a connection; without one the token of any connection will do. */
  readonly connectionId: Uuid | null;
  readonly verifyToken: string;
  readonly challenge: string;
  /** Null where a proxy passed on something that is no address. */
  readonly ip: string | null;
}

/** Shows a provider that whoever answers here is the one who configured the address. */
@Injectable()
export class AnswerHandshake {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly trail: HandshakeTrail,
  ) {}

  /** The challenge; the trail tells of it, and of a refusal. Throws {@link WebhookHandshakeRefused}. */
  async execute({ endpoint, connectionId, verifyToken, challenge, ip }: Handshake): Promise<string> {
    const found = await this.intake.findHandshake(endpoint, verifyToken, connectionId);
    this.trail.note({
      isAccepted: found?.fits ?? false,
      connection: found && { orgId: found.org_id, id: found.id },
      ip,
    });
    if (!found?.fits) throw new WebhookHandshakeRefused();
    return challenge;
  }
}
