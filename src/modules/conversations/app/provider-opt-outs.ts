import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobQueue, type OrgJobPayload } from '../../../common/jobs';

export const RECORD_PROVIDER_OPT_OUT = 'conversations.record-provider-opt-out';

export interface ProviderOptOutPayload extends OrgJobPayload {
  readonly messageId: Uuid;
}

/**
 * The provider will not send to someone who opted out with it: the ledger of consent learns that. In a job of its own, since
 * recording an opt-out waits for the messages that are under way, of whom the one at hand is one until its outcome is
 * committed.
 */
@Injectable()
export class ProviderOptOuts {
  constructor(private readonly queue: JobQueue) {}

  async record({ id }: { readonly id: Uuid }): Promise<void> {
    await this.queue.enqueue(RECORD_PROVIDER_OPT_OUT, { messageId: id });
  }
}
