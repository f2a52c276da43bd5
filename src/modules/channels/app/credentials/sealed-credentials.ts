import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Seals, type SealsTexts } from '../../../../common/crypto';
import { CredentialTrail } from '../credential-trail';

/** Connections' credentials, when keys are exchanged: each is opened and sealed again, and the trail tells so. */
@Injectable()
@Seals(
  { table: 'channel_connections', column: 'credentials', keyColumn: 'credentials_key_id' },
  { table: 'channel_connections', column: 'previous_credentials', keyColumn: 'previous_credentials_key_id' },
)
export class SealedCredentials implements SealsTexts {
  constructor(private readonly trail: CredentialTrail) {}

  noteResealed(scope: OrgScope, connectionId: Uuid): Promise<void> {
    return this.trail.note(scope, connectionId, 're_encrypt');
  }
}
