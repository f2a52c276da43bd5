import { Injectable } from '@nestjs/common';
import { Subscribe, type ListensTo } from '../../../../common/events';
import { ObservingBegan } from '../../domain/verification';
import { OwnersMail, writtenTime } from './owners-mail';

/** Tells the owners that signatures of a connection are not enforced for a while, unless they are again by now. */
@Injectable()
@Subscribe(ObservingBegan, 'channels.mail-owners', { transaction: 'own' })
export class MailObservingBegan implements ListensTo<ObservingBegan> {
  constructor(private readonly mail: OwnersMail) {}

  async handle({ payload: { orgId, connectionId } }: ObservingBegan): Promise<void> {
    await this.mail.send(orgId, connectionId, ({ address, observe_until: until }, name) => {
      if (until === null) return undefined;
      return {
        subject: `Signatures are not enforced: ${name}`,
        body: [
          `For ${name} (${address}) deliveries are taken in whose signature does not fit, until ${writtenTime(until)}. Until then ` +
            'whoever knows the address of its webhook can write into your conversations as anybody, and opt people out.',
          'Each of them is marked in the webhook log. Signatures are enforced again by themselves at that time; you get a mail then.',
          'If nobody of you wanted this, have signatures enforced now, and look into the audit trail for who it was.',
        ],
      };
    });
  }
}
