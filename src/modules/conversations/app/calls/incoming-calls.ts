import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { EventBus } from '../../../../common/events';
import { Channels, type CallReported } from '../../../channels';
import { Contacts } from '../../../contacts';
import { CallsRepository, type CallRow } from '../../db/calls/calls.repository';
import { ConversationsRepository } from '../../db/conversations.repository';
import { isOver, storyOf, type CallStory } from '../../domain/call';
import { MissedCall } from '../../domain/missed-call';
import { TextBacks } from './text-backs';
import { Voicemails } from './voicemails';

/** Calls that come in: the log, the thread with whoever calls, what they leave, and what follows when nobody answers. */
@Injectable()
export class IncomingCalls {
  constructor(
    private readonly database: Database,
    private readonly contacts: Contacts,
    private readonly channels: Channels,
    private readonly conversations: ConversationsRepository,
    private readonly calls: CallsRepository,
    private readonly voicemails: Voicemails,
    private readonly textBacks: TextBacks,
    private readonly events: EventBus,
  ) {}

  /** In the transaction at hand. */
  async record(payload: CallReported['payload'], providerCallId: string, first: CallStory): Promise<void> {
    const contactId = await this.callerOf(payload, providerCallId);
    // Who is erased stays so; and where this report does not say who it is, another one is on its way that does.
    if (contactId === undefined || (contactId === null && first.person !== null)) return;
    const connection = await this.channels.connection(payload.connectionId);
    const connectionId = connection?.id ?? null;
    const conversationId =
      contactId && first.person
        ? await this.threadOf({ contactId, connectionId, contactAddress: first.person, at: first.startedAt })
        : null;
    const call = await this.calls.lockOrCreate({
      ...{ providerCallId, direction: first.direction, connectionId, contactId, conversationId },
      ...{ messageId: null, from: first.person, to: connection?.address ?? null, at: first.startedAt },
    });
    // Read again: what was committed while this waited for the call is told by nobody else.
    const story = storyOf((await this.channels.callReports(payload)).all);
    if (!story) return;
    await this.calls.save(call.id, story, null);
    await this.voicemails.keep(call, story);
    if (story.status === 'missed' && !isOver(call.status)) await this.tellMissed(call.id);
  }

  /** Null where it is not known; undefined of somebody who was erased. */
  private async callerOf(
    { contactId }: CallReported['payload'],
    providerCallId: string,
  ): Promise<Uuid | null | undefined> {
    const known = contactId ?? (await this.calls.contactOf(providerCallId));
    return known && (await this.contacts.current(known));
  }

  private async threadOf(place: Parameters<ConversationsRepository['lockOrCreate']>[0]): Promise<Uuid> {
    const { id } = await this.conversations.lockOrCreate(place);
    await this.conversations.noteCall(id, place.at);
    return id;
  }

  /** Once for each call: it is locked, and was not over before. */
  private async tellMissed(id: Uuid): Promise<void> {
    const call = await this.calls.find(id);
    if (!call) return;
    await this.events.publish(missedCall(this.database.tx.orgId, call));
    await this.textBacks.request(call);
  }
}

function missedCall(orgId: Uuid, call: CallRow): MissedCall {
  return new MissedCall({
    orgId,
    callId: call.id,
    connectionId: call.connection_id,
    contactId: call.contact_id,
    conversationId: call.conversation_id,
  });
}
