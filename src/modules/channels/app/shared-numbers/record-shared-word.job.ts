import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { MappingsRepository } from '../../db/mappings.repository';
import { RECORD_SHARED_WORD } from '../../db/shared-numbers/shared-deliveries.repository';
import type { Channel } from '../../domain/channel';
import type { ConsentAction, ConsentPurpose } from '../../domain/consent';
import { Consent } from '../consent';

/** As `tell_shared_word()` queues it. */
interface SharedWord extends OrgJobPayload {
  /** Null where no word about consent was ever said of the contact. */
  readonly mappingId: Uuid | null;
  readonly contactId: Uuid | null;
  readonly channel: Channel;
  /** The organization's own, for the number. */
  readonly connectionId: Uuid;
  readonly action: ConsentAction;
  readonly messageId: string;
  /** ISO 8601. */
  readonly saidAt: string;
  /** Left out by the program before: a word about everything. */
  readonly purpose?: ConsentPurpose;
  readonly source?: 'keyword' | 'provider';
}

/**
 * Somebody opted out over a shared number, or took that back, in a message that went to another organization, or told the provider: here
 * they have said so as well. Who wrote a word is answered once, there.
 */
@Injectable()
@JobHandler({ name: RECORD_SHARED_WORD, transaction: 'org' })
export class RecordSharedWord implements HandlesJob<SharedWord> {
  constructor(
    private readonly mappings: MappingsRepository,
    private readonly consent: Consent,
  ) {}

  async handle(word: SharedWord): Promise<void> {
    const { mappingId, contactId, channel, connectionId, action, messageId, saidAt } = word;
    const phone =
      mappingId === null ? await this.mappings.borneBy(contactId) : await this.mappings.addressOf(mappingId);
    // Erased since: an opt-out of theirs outlives them only if it was there before.
    if (phone === undefined) return;
    await this.consent.record({
      ...{ phone, channel, purpose: word.purpose ?? 'transactional', action },
      source: word.source ?? 'keyword',
      evidence: { messageId, connectionId },
      at: new Date(saidAt),
    });
  }
}
