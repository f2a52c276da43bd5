import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { JobQueue, type OrgJobPayload } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { Channels } from '../../../channels';
import { Contacts } from '../../../contacts';
import { CallsRepository, type CallRow } from '../../db/calls/calls.repository';
import { ConversationsRepository } from '../../db/conversations.repository';
import { TextBackRefused } from '../../domain/call-errors';
import { WriteMessage } from '../write-message';

export const TEXT_BACK = 'conversations.text-back';

export interface TextBackPayload extends OrgJobPayload {
  readonly callId: Uuid;
}

/** Whoever calls again and again is written to once in so long a time. */
const ONCE_IN_MS = 12 * 60 * 60 * 1000;

/** Who called longer ago is not written to: by now the text would surprise them. Such calls are found by reconciliation. */
const LATEST_MS = 2 * 60 * 60 * 1000;

/** Writes to those whose call was missed, where the number is set to do so and their consent allows it. */
@Injectable()
export class TextBacks {
  constructor(
    private readonly queue: JobQueue,
    private readonly contacts: Contacts,
    private readonly channels: Channels,
    private readonly calls: CallsRepository,
    private readonly conversations: ConversationsRepository,
    private readonly messages: WriteMessage,
    private readonly clock: Clock,
  ) {}

  /** In the transaction that finds the call missed. */
  async request({ id: callId, connection_id: connectionId }: CallRow): Promise<void> {
    if (connectionId === null) return;
    const { missedCallText } = await this.channels.voiceSettings(connectionId);
    if (missedCallText.enabled) await this.queue.enqueue(TEXT_BACK, { callId });
  }

  /**
   * In a transaction of its own, which nothing must remain of when it throws: `TextBackRefused`, or what
   * {@link WriteMessage.write} throws. The locks are taken in the order of the house: thread, message, address, then the call.
   */
  async write(callId: Uuid): Promise<void> {
    const call = await this.calls.find(callId);
    if (!call || call.text_back_message_id || call.text_back_refusal) return;
    const { connectionId, text } = await this.settingsOf(call);
    const contactId = call.contact_id && (await this.contacts.current(call.contact_id));
    if (!contactId || call.from_address === null) throw new TextBackRefused('number_withheld');
    const at = this.clock.now();
    if (at.getTime() - (call.ended_at ?? call.started_at).getTime() > LATEST_MS)
      throw new TextBackRefused('too_late');
    const place = { contactId, connectionId, contactAddress: call.from_address, at };
    const conversation = await this.conversations.lockOrCreate(place);
    // Asked with the thread locked: of two calls at once the second one finds what the first one did.
    if (await this.calls.wasTextedBack(contactId, new Date(at.getTime() - ONCE_IN_MS)))
      throw new TextBackRefused('texted_back_before');
    const messageId = await this.messages.write({
      ...{ conversation, content: { text, media: [], template: null }, inReplyTo: null, sendAt: null },
      ...{ purpose: 'reply', consentPurpose: 'transactional', author: { type: 'system', id: null } },
      cause: { type: 'missed_call', id: callId },
    });
    await this.calls.noteTextBack(callId, messageId, at);
  }

  private async settingsOf(call: CallRow): Promise<{ connectionId: Uuid; text: string }> {
    if (!call.connection_id) throw new TextBackRefused('switched_off');
    const { enabled, connectionId, text } = (await this.channels.voiceSettings(call.connection_id))
      .missedCallText;
    if (!enabled || !connectionId) throw new TextBackRefused('switched_off');
    return { connectionId, text };
  }
}
