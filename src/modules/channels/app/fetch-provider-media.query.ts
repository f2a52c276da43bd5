import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import type { OrgScope, Uuid } from '../../../common/context';
import { CannotDecrypt } from '../../../common/crypto';
import { GuardedFetch, type Fetched } from '../../../common/guarded-fetch';
import { ConnectionNotFound, CredentialsRejected } from '../domain/errors';
import { Providers } from '../domain/provider';
import { ConnectionAccess } from './connection-access';
import type { OpenedConnection } from './opened-connection';

/** Where the provider said that a customer's file is. */
export interface ProviderMedia {
  /** Null when the number that it came to was removed. */
  readonly connectionId: Uuid | null;
  readonly url: string;
}

/** Fetches a customer's file with the organization's own credentials, whether or not the connection is still active. */
@Injectable()
export class FetchProviderMedia {
  constructor(
    private readonly config: Config,
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
    private readonly guarded: GuardedFetch,
  ) {}

  /** Throws `ConnectionNotFound`, `CredentialsRejected`, `FetchRefused` and `FetchFailed`. */
  async execute(scope: OrgScope, { connectionId, url }: ProviderMedia): Promise<Fetched> {
    const { connection, account } = await this.open(scope, connectionId);
    const provider = this.providers.of(connection.provider);
    const rules = provider.mediaAccess(account);
    return this.guarded.get(await provider.locateMedia(account, url), rules, {
      maxBytes: this.config.media.maxBytes,
    });
  }

  /** Credentials that do not open are as good as wrong ones: they must be entered again. */
  private async open(scope: OrgScope, id: Uuid | null): Promise<OpenedConnection> {
    if (id === null) throw new ConnectionNotFound();
    try {
      const opened = await this.access.open(scope, id, 'fetch_media');
      if (opened) return opened;
    } catch (error) {
      throw error instanceof CannotDecrypt ? new CredentialsRejected() : error;
    }
    throw new ConnectionNotFound();
  }
}
