import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { AuditTrail } from '../../../audit';
import { IdentitiesRepository } from '../../db/identities.repository';
import type { ExternalIdentity } from '../../domain/external-identity';

/** Someone whose address a provider vouches for. */
export type Vouched = ExternalIdentity & { readonly email: string };

/** Links people to what their provider calls them. */
@Injectable()
export class IdentityLinks {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentitiesRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * For good, and told in the trail of the organization at hand; doing it again is nothing. The provider proves the address
   * now. The user's side was proven by a mail, by a provider that provisioned them, or is the word of the installation's
   * operator, who may name people and providers alike.
   */
  async make(userId: Uuid, { issuer, subject }: ExternalIdentity): Promise<void> {
    const recordId = await this.identities.link(userId, issuer, subject);
    if (recordId === undefined) return;
    await this.audit.record({
      eventType: 'tenancy.identity-linked',
      operation: 'LINK',
      orgId: this.database.tx.orgId,
      actor: { type: 'user', id: userId },
      tableName: 'user_identities',
      recordId,
      new: { issuer },
    });
  }
}
