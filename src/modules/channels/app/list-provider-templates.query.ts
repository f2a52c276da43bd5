import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { CannotDecrypt } from '../../../common/crypto';
import { ConnectionNotFound, CredentialsRejected } from '../domain/errors';
import { Providers } from '../domain/provider';
import type { ProviderTemplateListing } from '../domain/provider-template';
import { ConnectionAccess } from './connection-access';
import type { OpenedConnection } from './opened-connection';

/** Asks the provider for the templates of a connection's account. */
@Injectable()
export class ListProviderTemplates {
  constructor(
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
  ) {}

  /** All of them. Throws `ConnectionNotFound`, `CredentialsRejected` and `ProviderUnavailable`. */
  async execute(scope: OrgScope, connectionId: Uuid): Promise<ProviderTemplateListing[]> {
    const { connection, account } = await this.open(scope, connectionId);
    return this.providers.of(connection.provider).listTemplates(account);
  }

  /** Credentials that do not open are as good as wrong ones: they must be entered again. */
  private async open(scope: OrgScope, id: Uuid): Promise<OpenedConnection> {
    try {
      const opened = await this.access.open(scope, id, 'list_templates');
      if (opened) return opened;
    } catch (error) {
      throw error instanceof CannotDecrypt ? new CredentialsRejected() : error;
    }
    throw new ConnectionNotFound();
  }
}
