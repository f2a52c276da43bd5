import { Injectable } from '@nestjs/common';
import { Subscribe, type ListensTo } from '../../../../common/events';
import { ObservingEnded } from '../../domain/verification';
import { OwnersMail } from './owners-mail';

const countedDeliveries = (count: number): string =>
  count === 1 ? 'one delivery was' : `${count} deliveries were`;

/** Tells the owners that signatures of a connection are enforced again, and what came without one. */
@Injectable()
@Subscribe(ObservingEnded, 'channels.mail-owners', { transaction: 'own' })
export class MailObservingEnded implements ListensTo<ObservingEnded> {
  constructor(private readonly mail: OwnersMail) {}

  async handle({ payload: { orgId, connectionId, unverified } }: ObservingEnded): Promise<void> {
    await this.mail.send(orgId, connectionId, ({ address }, name) => ({
      subject: `Signatures are enforced again: ${name}`,
      body: [
        `For ${name} (${address}) deliveries are refused again whose signature does not fit.`,
        unverified === 0
          ? 'All that came meanwhile was signed as it should be.'
          : `Meanwhile ${countedDeliveries(unverified)} taken in whose signature did not fit; the webhook log shows what was: GET /api/v1/webhook-logs?verified=false.`,
        ...(unverified === 0
          ? []
          : [
              'What comes like that from now on is lost, unless the provider signs it with the secret of this connection.',
            ]),
      ],
    }));
  }
}
