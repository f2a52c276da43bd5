import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../common/jobs';
import { Contacts } from '../../contacts';
import { MessagesRepository } from '../db/messages.repository';

export const NOTE_OUTREACH = 'conversations.note-outreach';

export interface NoteOutreachPayload extends OrgJobPayload {
  readonly messageIds: readonly Uuid[];
  /** When the provider took them, ISO 8601. */
  readonly at: string;
}

/**
 * Notes on contacts that they were written to. In a job of its own: it can wait until what waits is sent, and what became of a
 * message is recorded without a lock on its contact.
 */
@Injectable()
@JobHandler({ name: NOTE_OUTREACH, transaction: 'org' })
export class NoteOutreach implements HandlesJob<NoteOutreachPayload> {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly contacts: Contacts,
  ) {}

  /** Of whoever they are by now; those who were erased are left out. */
  async handle({ messageIds, at }: NoteOutreachPayload): Promise<void> {
    await this.contacts.noteOutreach(await this.messages.contactsOf(messageIds), new Date(at));
  }
}
