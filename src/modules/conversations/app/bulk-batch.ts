import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Consent } from '../../channels';
import { BulkAudiences, type Candidate } from '../db/bulk-audiences.repository';
import {
  BulkMessages,
  type BulkMessage,
  type BulkOrigin,
  type NewThread,
} from '../db/bulk-messages.repository';
import { BulkRecipients, type NewRecipient } from '../db/bulk-recipients.repository';
import type { BulkSendRow } from '../db/bulk-sends.repository';
import { BulkContactsChangedMeanwhile } from '../domain/bulk-errors';
import { BATCH } from '../domain/bulk-pace';
import type { SkipCounts, SkipReason } from '../domain/bulk-send';
import type { BulkPlan } from './bulk-plan';
import { renderFor } from './bulk-rendering';

/** What a batch did. */
export interface Fed {
  readonly walked: number;
  readonly walkedTo: Uuid | null;
  readonly walkedAll: boolean;
  readonly queued: number;
  readonly skipped: SkipCounts;
}

/** What is to be written for those that a batch looked at. */
interface Writing {
  readonly threads: NewThread[];
  readonly messages: BulkMessage[];
  readonly recipients: NewRecipient[];
}

/**
 * Looks at the next contacts of a bulk send, which is locked, and queues what they are to get, in the transaction at hand.
 * Contacts, threads and addresses are locked in this order before it is decided who gets it: what is decided is still true
 * when it commits.
 */
@Injectable()
export class BulkBatch {
  constructor(
    private readonly audiences: BulkAudiences,
    private readonly consent: Consent,
    private readonly messages: BulkMessages,
    private readonly recipients: BulkRecipients,
  ) {}

  /** Queues `room` messages at most. Throws {@link BulkContactsChangedMeanwhile}: then it is to be tried again. */
  async feed(bulkSend: BulkSendRow, plan: BulkPlan, room: number): Promise<Fed> {
    const { audience, template } = plan;
    const candidates = await this.lockNext(bulkSend, plan);
    const addresses = candidates.flatMap(({ address }) => address ?? []);
    const taken = await this.recipients.taken(bulkSend.id, addresses);
    const writing: Writing = { threads: [], messages: [], recipients: [] };
    const looked: Candidate[] = [];
    for (const candidate of candidates) {
      if (writing.messages.length === room) break;
      look(candidate, plan, taken, writing);
      looked.push(candidate);
    }
    const author = { type: bulkSend.startedByType ?? 'system', id: bulkSend.startedBy } as const;
    await this.write(plan, writing, {
      bulkSendId: bulkSend.id,
      author,
      consentPurpose: template.purpose,
      at: audience.now,
    });
    return {
      walked: looked.length,
      walkedTo: looked.at(-1)?.contactId ?? bulkSend.walkedTo,
      walkedAll: looked.length === candidates.length && candidates.length < BATCH,
      queued: writing.messages.length,
      skipped: countSkipped(writing.recipients),
    };
  }

  private async lockNext(bulkSend: BulkSendRow, { audience }: BulkPlan): Promise<Candidate[]> {
    const { id: bulkSendId, walkedTo: after, startedAt } = bulkSend;
    const walk = { bulkSendId, after, until: startedAt ?? audience.now };
    const ids = await this.audiences.next(audience.filter, walk, BATCH);
    if (ids.length === 0) return [];
    await this.messages.lockThreads(audience.connectionId, ids);
    const reached = await this.audiences.candidates(audience, ids);
    await this.consent.hold(reached.flatMap(({ address }) => address ?? []));
    return this.audiences.candidates(audience, ids);
  }

  private async write({ audience }: BulkPlan, writing: Writing, origin: BulkOrigin): Promise<void> {
    const { threads, messages, recipients } = writing;
    if (recipients.length === 0) return;
    if (!(await this.messages.openThreads(audience.connectionId, threads, origin.at)))
      throw new BulkContactsChangedMeanwhile();
    if (messages.length > 0) await this.messages.insert(messages, origin);
    await this.recipients.insert(origin.bulkSendId, recipients);
  }
}

/** Decides about one contact. */
function look(candidate: Candidate, plan: BulkPlan, taken: Set<string>, writing: Writing): void {
  const { contactId, address } = candidate;
  const skip = (skippedBecause: SkipReason) =>
    writing.recipients.push({ id: newId(), contactId, address: null, messageId: null, skippedBecause });
  if (candidate.skippedBecause) return void skip(candidate.skippedBecause);
  if (address === null) return void skip('no_address');
  if (taken.has(address)) return void skip('duplicate_address');
  const rendered = renderFor(plan, candidate);
  if (!rendered) return void skip('unusable_variable');
  taken.add(address);
  const conversationId = candidate.conversationId ?? newId();
  if (!candidate.conversationId)
    writing.threads.push({ id: conversationId, contactId, contactAddress: address });
  const { id: templateId, contentId } = plan.template;
  const template = { templateId, contentId, variables: rendered.variables };
  const messageId = newId();
  writing.messages.push({ id: messageId, conversationId, text: rendered.text, template });
  writing.recipients.push({ id: newId(), contactId, address, messageId, skippedBecause: null });
}

function countSkipped(recipients: readonly NewRecipient[]): SkipCounts {
  const counts: Partial<Record<SkipReason, number>> = {};
  for (const { skippedBecause } of recipients)
    if (skippedBecause) counts[skippedBecause] = (counts[skippedBecause] ?? 0) + 1;
  return counts;
}
