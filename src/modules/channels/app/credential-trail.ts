import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { AuditTrail } from '../../audit';

/** What a credential is used for. */
export type CredentialUse =
  | 'connect'
  | 'set_up'
  | 'verify'
  | 'rotate'
  | 'rotate_verify_token'
  | 'verify_webhook'
  | 're_encrypt'
  | 'send'
  | 'look_up'
  | 'list_templates'
  | 'fetch_media'
  | 'delete_recording'
  | 'reconcile';

/** Writes the use of a connection's credentials to the audit trail: no row shows it. */
@Injectable()
export class CredentialTrail {
  constructor(private readonly audit: AuditTrail) {}

  /** In the transaction at hand. */
  async note({ orgId, actor }: OrgScope, connectionId: Uuid, use: CredentialUse): Promise<void> {
    await this.audit.record({
      eventType: 'channels.credential-use',
      operation: 'USE',
      orgId,
      actor,
      tableName: 'channel_connections',
      recordId: connectionId,
      new: { purpose: use },
    });
  }
}
