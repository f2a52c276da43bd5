import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Channels, ConnectionNotFound } from '../../channels';
import { ProviderTemplatesRepository } from '../db/provider-templates.repository';
import { TemplateSyncQueue } from './template-sync-queue';

/** A reading that was asked for, and how the last one ended. */
export interface RequestedSync {
  readonly connectionId: Uuid;
  readonly lastSyncedAt: Date | null;
  readonly lastError: string | null;
}

/** Has the templates of a connection's account read now. */
@Injectable()
export class RequestTemplateSync {
  constructor(
    private readonly channels: Channels,
    private readonly syncs: ProviderTemplatesRepository,
    private readonly queue: TemplateSyncQueue,
  ) {}

  /** Throws `ConnectionNotFound`. */
  async execute(connectionId: Uuid): Promise<RequestedSync> {
    if (!(await this.channels.connection(connectionId))) throw new ConnectionNotFound();
    const last = await this.syncs.lastOf(connectionId);
    await this.queue.add(connectionId);
    return { connectionId, lastSyncedAt: last?.syncedAt ?? null, lastError: last?.errorCode ?? null };
  }
}
