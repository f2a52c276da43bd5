import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { MappingsRepository } from '../../db/mappings.repository';
import { RECORD_SHARED_OPT_OUT } from '../../db/shared-numbers/shared-deliveries.repository';
import type { Channel } from '../../domain/channel';
import { Consent } from '../consent';

/** As `tell_shared_opt_out()` queues it. */
interface SharedOptOut extends OrgJobPayload {
  readonly mappingId: Uuid;
  readonly channel: Channel;
  readonly messageId: string;
  /** ISO 8601. */
  readonly saidAt: string;
}

/**
 * Somebody opted out over a shared number, in a message that went to another organization: here they have opted out as well. They
 * are answered once, there.
 */
@Injectable()
@JobHandler({ name: RECORD_SHARED_OPT_OUT, transaction: 'org' })
export class RecordSharedOptOut implements HandlesJob<SharedOptOut> {
  constructor(
    private readonly mappings: MappingsRepository,
    private readonly consent: Consent,
  ) {}

  async handle({ mappingId, channel, messageId, saidAt }: SharedOptOut): Promise<void> {
    const phone = await this.mappings.addressOf(mappingId);
    // Erased since: an opt-out of theirs outlives them only if it was there before.
    if (phone === undefined) return;
    await this.consent.record({
      ...{ phone, channel, purpose: 'transactional', action: 'opt_out', source: 'keyword' },
      evidence: { messageId },
      at: new Date(saidAt),
    });
  }
}
