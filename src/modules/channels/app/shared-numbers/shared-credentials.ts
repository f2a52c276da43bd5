import { Injectable } from '@nestjs/common';
import { Vault } from '../../../../common/crypto';
import { SharedNumbers } from '../../db/shared-numbers/shared-numbers.repository';
import type { Connection } from '../../domain/connection';
import { credentialsPlace, parseSecrets } from '../../domain/credentials';
import type { OpenedConnection } from '../opened-connection';

/**
 * Opens a connection that stands for a shared number with the credentials of the number, sealed with a key of its owner. In a
 * transaction of the service role, of the organization that uses the number.
 */
@Injectable()
export class SharedCredentials {
  constructor(
    private readonly numbers: SharedNumbers,
    private readonly vault: Vault,
  ) {}

  /** Undefined when the number was taken away. A number that its owner switched off is switched off for everybody. */
  async open(connection: Connection): Promise<OpenedConnection | undefined> {
    const number = await this.numbers.credentials(connection.id);
    if (!number) return undefined;
    const key = { wrappedKey: number.wrapped_key, masterKeyId: number.master_key_id };
    const opened = await this.vault.openWith(
      number.org_id,
      credentialsPlace(number.id),
      number.credentials,
      key,
    );
    const accountId = number.provider_account_id;
    return {
      connection: {
        ...connection,
        accountId,
        numberId: number.provider_number_id,
        isActive: connection.isActive && number.is_active,
      },
      account: { accountId, secrets: parseSecrets(opened) },
      isMember: true,
    };
  }
}
