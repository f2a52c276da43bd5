import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobHandler, type HandlesJob } from '../../../common/jobs';
import { Clock } from '../../../common/time/clock';
import { Channels, ConnectionNotFound, CredentialsRejected, ProviderUnavailable } from '../../channels';
import { ProviderTemplatesRepository } from '../db/provider-templates.repository';
import { ApplyTemplateListing } from './apply-template-listing.use-case';
import { SYNC_ACCOUNT_TEMPLATES, type SyncAccountTemplatesPayload } from './template-sync-queue';

/**
 * Reads the templates of a connection's account from the provider, and takes them over. The next schedule is another chance,
 * so one that cannot be read is tried three times and no more.
 */
@Injectable()
@JobHandler({ name: SYNC_ACCOUNT_TEMPLATES, transaction: 'own', maxAttempts: 3 })
export class SyncAccountTemplates implements HandlesJob<SyncAccountTemplatesPayload> {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly apply: ApplyTemplateListing,
    private readonly syncs: ProviderTemplatesRepository,
    private readonly clock: Clock,
  ) {}

  async handle({ orgId, requestId, connectionId }: SyncAccountTemplatesPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    try {
      const listings = await this.channels.listTemplates(scope, connectionId);
      await this.database.runInOrg(scope, () => this.apply.execute(connectionId, listings));
    } catch (error) {
      if (error instanceof ConnectionNotFound) return;
      if (!(error instanceof CredentialsRejected || error instanceof ProviderUnavailable)) throw error;
      await this.database.runInOrg(scope, () => this.syncs.note(connectionId, error.code, this.clock.now()));
      // Wrong credentials are no better a minute later.
      if (error instanceof ProviderUnavailable) throw error;
    }
  }
}
