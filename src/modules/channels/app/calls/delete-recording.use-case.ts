import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { CannotDecrypt } from '../../../../common/crypto';
import { callsOf } from '../../domain/call-carrier';
import { ProviderUnavailable } from '../../domain/errors';
import { Providers } from '../../domain/provider';
import { ConnectionAccess } from '../connection-access';

/** Deletes a recording at the provider. Calls the network, so never inside a transaction. */
@Injectable()
export class DeleteRecording {
  constructor(
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
  ) {}

  /** Nothing when the connection is gone, or its credentials: nobody can do it then. Throws `ProviderUnavailable`. */
  async execute(scope: OrgScope, connectionId: Uuid, recordingId: string): Promise<void> {
    const opened = await this.opened(scope, connectionId);
    if (!opened) return;
    const calls = callsOf(this.providers.of(opened.connection.provider));
    if (!(await calls.deleteRecording(opened.account, recordingId))) throw new ProviderUnavailable();
  }

  private async opened(scope: OrgScope, id: Uuid): ReturnType<ConnectionAccess['open']> {
    try {
      return await this.access.open(scope, id, 'delete_recording');
    } catch (error) {
      if (error instanceof CannotDecrypt) return undefined;
      throw error;
    }
  }
}
