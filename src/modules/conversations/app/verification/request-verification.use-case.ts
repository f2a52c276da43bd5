import { Injectable } from '@nestjs/common';
import { newId, type OrgScope, type Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { Mappings } from '../../../channels';
import { Tenancy } from '../../../tenancy';
import { PhoneVerifications } from '../../db/verification/phone-verifications.repository';
import { VerificationNeedsContact } from '../../domain/verification/verification-errors';
import { verificationText } from '../../domain/verification/verification-text';
import { ContactThreads, type TextChannel } from '../contact-threads';
import { WriteMessage } from '../write-message';
import { VerificationLimits } from './verification-limits';
import { VerificationThrottle } from './verification-throttle';

/** A code that was sent. */
export interface Verification {
  readonly mappingId: Uuid;
  readonly messageId: Uuid;
  readonly channel: TextChannel;
  readonly expiresAt: Date;
}

/** Sends a code to a number, for whoever says that it is theirs: a message like any other, whose text has dots in its place. */
@Injectable()
export class RequestVerification {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly mappings: Mappings,
    private readonly tenancy: Tenancy,
    private readonly threads: ContactThreads,
    private readonly verifications: PhoneVerifications,
    private readonly messages: WriteMessage,
    private readonly throttle: VerificationThrottle,
    private readonly limits: VerificationLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws `MappingNotFound`, `VerificationNeedsContact`, `NoConnectionForChannel`, `TooManyCodes` and what
   * {@link WriteMessage.code} throws. As the service role: an opt-out of before an erasure is known to it alone.
   */
  execute(scope: OrgScope, mappingId: Uuid, wanted?: TextChannel): Promise<Verification> {
    return this.effects.once({ ...scope, pool: 'service' }, () => this.send(scope, mappingId, wanted));
  }

  private async send(scope: OrgScope, mappingId: Uuid, wanted?: TextChannel): Promise<Verification> {
    const { contactId, phone, primaryChannel } = await this.mappings.one(mappingId);
    if (contactId === null) throw new VerificationNeedsContact();
    const prefer = await this.threads.preferredFor(contactId, phone, primaryChannel);
    const place = { contactId, address: phone, channel: wanted, prefer };
    // The thread is locked before the address, as everywhere.
    const { conversation, channel } = await this.threads.open(place);
    const mapping = await this.mappings.lock(mappingId);
    if (mapping.contactId !== contactId) throw new VerificationNeedsContact();
    const now = this.clock.now();
    await this.throttle.pass(mapping, now);
    const [id, expiresAt] = [newId(), new Date(now.getTime() + this.limits.validMs)];
    const dayAgo = new Date(now.getTime() - this.limits.dayMs);
    await this.verifications.open({ id, mappingId, phone, channel, at: now, expiresAt }, dayAgo);
    const { name, locale } = await this.tenancy.names();
    const content = { text: verificationText(name, locale), media: [], template: null };
    await this.messages.code(
      {
        ...{ conversation, content, purpose: 'reply', consentPurpose: 'transactional', author: scope.actor },
        ...{ inReplyTo: null, sendAt: null, cause: null },
      },
      id,
      phone,
    );
    return { mappingId, messageId: id, channel, expiresAt };
  }
}
