import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { ConversationsRepository } from '../db/conversations.repository';
import { MessagesRepository, type Hold } from '../db/messages.repository';
import { errorOfRefusal } from '../domain/errors';
import { AttachedMedia } from './media/attached-media';
import type { MessageDraft } from './message-draft';
import { SendTimes } from './send-times';
import { SendQueue } from './send-queue';
import { ReplyCheck } from './reply-check';

/** Writes messages of ours into threads; they are sent after the commit, or when their time comes. */
@Injectable()
export class WriteMessage {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly check: ReplyCheck,
    private readonly times: SendTimes,
    private readonly queue: SendQueue,
    private readonly files: AttachedMedia,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the message's id. Throws `SendingSuspended`, `ConnectionGone`, `ConversationConnectionInactive`,
   * `ContactOptedOut`, `SessionWindowClosed`, `SendTimePassed` and `SendTimeTooFar`.
   */
  async write(draft: MessageDraft): Promise<Uuid> {
    const at = this.clock.now();
    const hold = await this.times.holdFor(draft, at);
    const refusal = await this.check.refusal(draft, hold?.until ?? at);
    if (refusal) throw errorOfRefusal(refusal);
    const id = newId();
    await this.put(draft, id, hold, at);
    return id;
  }

  /**
   * A code that somebody asked for, to their number `to`: the verification with this id is there already. Throws
   * `SendingSuspended`, `NumberSuspended`, `NumberUnreachable`, `ContactOptedOut` and `SessionWindowClosed`.
   */
  async code(draft: MessageDraft, id: Uuid, to: string): Promise<void> {
    const at = this.clock.now();
    const refusal = await this.check.refusal(draft, at, { codeTo: to });
    if (refusal) throw errorOfRefusal(refusal);
    await this.put(draft, id, null, at, true);
  }

  /** The one answer to a consent word: told at once or not at all. Nothing when the message has its answer already. */
  async answer(draft: MessageDraft, regardlessOfConsent: boolean): Promise<void> {
    const at = this.clock.now();
    if (await this.check.refusal(draft, at, { regardlessOfConsent })) return;
    await this.put(draft, newId(), null, at);
  }

  private async put(
    draft: MessageDraft,
    id: Uuid,
    hold: Hold | null,
    at: Date,
    isCode = false,
  ): Promise<void> {
    const { conversation, sendAt: _sendAt, ...message } = draft;
    const { id: conversationId, connection_id: connectionId } = conversation;
    const isNew = await this.messages.insertOutgoing({ ...message, id, conversationId, isCode, hold, at });
    if (!isNew) return;
    await this.files.attach(id, message.content.media);
    await this.conversations.noteOutgoing({ conversationId, messageId: id, at });
    if (!hold && connectionId) await this.queue.dispatch(connectionId);
  }
}
