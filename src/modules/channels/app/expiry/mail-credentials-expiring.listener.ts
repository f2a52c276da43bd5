import { Injectable } from '@nestjs/common';
import { Subscribe, type ListensTo } from '../../../../common/events';
import { CredentialsExpiring } from '../../domain/credentials-expiring';
import { OwnersMail, writtenTime } from '../verification/owners-mail';

/** Tells the owners that the credentials of a connection end soon, unless they were replaced by now. */
@Injectable()
@Subscribe(CredentialsExpiring, 'channels.mail-owners-of-expiry', { transaction: 'own' })
export class MailCredentialsExpiring implements ListensTo<CredentialsExpiring> {
  constructor(private readonly mail: OwnersMail) {}

  async handle({ payload: { orgId, connectionId, expireAt } }: CredentialsExpiring): Promise<void> {
    await this.mail.send(orgId, connectionId, ({ address, credentials_expire_at: end }, name) => {
      if (end?.toISOString() !== expireAt) return undefined;
      return {
        subject: `The access token ends on ${expireAt.slice(0, 10)}: ${name}`,
        body: [
          `The access token of ${name} (${address}) ends at ${writtenTime(end)}. From then on nothing is sent over this number, and no ` +
            'file of a customer is fetched. What customers write still arrives.',
          'Make a new token at the provider, best one of a system user that does not end, and replace it before: ' +
            `POST /api/v1/channel-connections/${connectionId}/rotate-token with accessToken.`,
        ],
      };
    });
  }
}
