import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { CannotDecrypt, Vault } from '../../../../common/crypto';
import { Clock } from '../../../../common/time/clock';
import type { PreviousSecret } from '../../db/connections.repository';
import { Overlaps } from '../../db/credentials/overlaps.repository';
import {
  credentialsPlace,
  overlapUntil,
  parseSecrets,
  previousCredentialsPlace,
  serializeSecrets,
  signingSecret,
  type Secrets,
} from '../../domain/credentials';
import { ConnectionNotFound } from '../../domain/errors';

/**
 * Keeps what deliveries were signed with so far, when others take its place. A place is part of a sealed text, so it is opened and
 * sealed anew; and nothing is kept that opens the account.
 */
@Injectable()
export class ReplacedSecrets {
  constructor(
    private readonly overlaps: Overlaps,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /**
   * In the transaction that replaces them: the connection is locked, so that of two at the same time the second keeps what the
   * first one set. Null where nothing goes on: for no hours, or when what was there does not open. Undefined where the secret is
   * the same, as when of a Cloud API number only the access token is new. Throws `ConnectionNotFound`.
   */
  async keep(id: Uuid, next: Secrets, hours: number): Promise<PreviousSecret | null | undefined> {
    const row = await this.overlaps.lock(id);
    if (!row?.credentials) throw new ConnectionNotFound();
    const opened = await this.open(id, row.credentials);
    const secret = opened && signingSecret(row.provider, opened);
    if (!secret) return null;
    const text = serializeSecrets(secret);
    if (text === serializeSecrets(signingSecret(row.provider, next) ?? {})) return undefined;
    if (hours === 0) return null;
    const sealed = await this.vault.seal(previousCredentialsPlace(id), text);
    return { ...sealed, until: overlapUntil(this.clock.now(), hours) };
  }

  /** That the key of the old ones is gone must not keep anybody from having new ones. */
  private async open(id: Uuid, sealed: string): Promise<Secrets | undefined> {
    try {
      return parseSecrets(await this.vault.open(credentialsPlace(id), sealed));
    } catch (error) {
      if (error instanceof CannotDecrypt) return undefined;
      throw error;
    }
  }
}
