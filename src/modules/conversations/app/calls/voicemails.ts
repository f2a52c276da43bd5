import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { EventBus } from '../../../../common/events';
import type { CallRecording } from '../../../channels';
import { Contacts } from '../../../contacts';
import { CallsRepository, type CallRow } from '../../db/calls/calls.repository';
import { ConversationsRepository } from '../../db/conversations.repository';
import { MessagesRepository } from '../../db/messages.repository';
import type { CallStory } from '../../domain/call';
import { MessageReceived } from '../../domain/message-received';
import { IncomingMedia } from '../media/incoming-media';

/** What callers leave: a message with a file, in the thread with them, fetched and kept like any other. */
@Injectable()
export class Voicemails {
  constructor(
    private readonly database: Database,
    private readonly contacts: Contacts,
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly calls: CallsRepository,
    private readonly media: IncomingMedia,
    private readonly events: EventBus,
  ) {}

  /** In the transaction at hand, with the call locked; once for each recording. */
  async keep(call: CallRow, { recording, endedAt, startedAt }: CallStory): Promise<void> {
    if (!recording || call.recording_id !== null) return;
    const at = endedAt ?? startedAt;
    const place = await this.threadOf(call, at);
    const messageId = await this.store(recording, place, at);
    if (!messageId) return;
    const { recordingId, durationSeconds: seconds } = recording;
    await this.calls.noteVoicemail(call.id, { messageId, recordingId, seconds, ...place });
    await this.conversations.noteVoicemail({ conversationId: place.conversationId, messageId, at });
    await this.events.publish(new MessageReceived({ orgId: this.database.tx.orgId, messageId, ...place }));
  }

  /** Undefined when it is stored already. */
  private async store(recording: CallRecording, place: Place, at: Date): Promise<Uuid | undefined> {
    const [id, fileId] = [newId(), newId()];
    const { recordingId, url, contentType, durationSeconds } = recording;
    const isNew = await this.messages.insertIncoming({
      ...{ id, ...place, text: null, media: [{ id: fileId }], at },
      ...{ providerMessageId: recordingId, raw: { recordingId, durationSeconds } },
    });
    if (!isNew) return undefined;
    await this.media.expect(id, [{ id: fileId, url, contentType }]);
    return id;
  }

  /** Whoever withholds the number and leaves a message becomes a person whom members can find out about. */
  private async threadOf(call: CallRow, at: Date): Promise<Place> {
    const { contact_id: known, conversation_id: thread, connection_id: connectionId } = call;
    if (known && thread) return { contactId: known, conversationId: thread };
    const contactId = known ?? (await this.contacts.addUnknown(at));
    const contactAddress = call.from_address ?? `withheld:${call.id}`;
    const { id } = await this.conversations.lockOrCreate({ contactId, connectionId, contactAddress, at });
    return { contactId, conversationId: id };
  }
}

interface Place {
  readonly contactId: Uuid;
  readonly conversationId: Uuid;
}
