import { Body, Controller, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { Uuid } from '../../../common/context';
import { CurrentPrincipal, IdParam, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { CancelMessage } from '../app/cancel-message.use-case';
import { ReadMessages } from '../app/read-messages.query';
import { ReadStatusEvents } from '../app/read-status-events.query';
import { WriteToContact } from '../app/write-to-contact.use-case';
import {
  MessageNotCancelable,
  MessageNotFound,
  RecipientNotFound,
  RecipientUnreachable,
} from '../domain/errors';
import { NoConnectionForChannel } from '../domain/verification/verification-errors';
import { MessageDto, WriteToContactDto } from './messages.dto';
import { saidIn } from './said-in';
import { StatusEventDto } from './status-events.dto';

const NOT_WRITTEN = [new RecipientNotFound(), new RecipientUnreachable(), new NoConnectionForChannel()];
const TO = { contactId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0a7' };
/** A message is one of these: together they would be refused. */
const WRITTEN = {
  text: { value: { ...TO, text: 'Friday at ten is free. Shall I book it?' } },
  template: {
    value: {
      ...TO,
      template: { id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f7', variables: { name: 'Ada' } },
      channel: 'whatsapp',
    },
  },
};

@ApiTags('Conversations')
@Controller('messages')
export class MessagesController {
  constructor(
    private readonly messages: ReadMessages,
    private readonly statusEvents: ReadStatusEvents,
    private readonly cancelling: CancelMessage,
    private readonly writing: WriteToContact,
  ) {}

  @Route.post('', {
    summary: 'Write to a contact',
    description:
      'Without saying in which conversation: on the primary channel of their number, or the one that is named. The conversation there goes on, or begins. All else is as when a message is sent in a conversation.',
    permission: 'messages.send',
    response: MessageDto,
    errors: [400, 404, 409, 422, ...NOT_WRITTEN],
    idempotent: true,
  })
  @ApiBody({ type: WriteToContactDto, examples: WRITTEN })
  async write(
    @Body() { contactId, channel, ...message }: WriteToContactDto,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<MessageDto> {
    return this.messages.one(
      await this.writing.execute({ ...saidIn(message), contactId, channel, author: actor }),
    );
  }

  @Route.get('held', {
    summary: 'List the messages that wait for their time',
    description: 'Scheduled ones and those held back in quiet hours, the soonest first.',
    permission: 'conversations.read',
    response: pageOf(MessageDto),
    errors: [400, 422],
  })
  held(@Query() { limit, cursor }: PageQueryDto): Promise<Page<MessageDto>> {
    return this.messages.held(limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a message',
    description: 'Also shows how far an outgoing message has come.',
    permission: 'conversations.read',
    response: MessageDto,
    errors: [404],
  })
  read(@IdParam() id: Uuid): Promise<MessageDto> {
    return this.messages.one(id);
  }

  @Route.get(':id/status-events', {
    summary: 'List what the provider said about a message',
    description:
      'Everything it told, oldest first: in callbacks, in its answer when the message was sent, and in its list when that answer was lost. Nothing of it is ever changed. The status of the message is what it comes to, in whatever order it came.',
    permission: 'conversations.read',
    response: pageOf(StatusEventDto),
    errors: [400, 404, 422],
  })
  listStatusEvents(
    @IdParam() id: Uuid,
    @Query() { limit, cursor }: PageQueryDto,
  ): Promise<Page<StatusEventDto>> {
    return this.statusEvents.page(id, limit, cursor);
  }

  @Route.post(':id/cancel', {
    summary: 'Cancel a message',
    description: 'One that waits and was not handed over. To cancel it again changes nothing.',
    permission: 'messages.send',
    response: MessageDto,
    status: 200,
    errors: [new MessageNotFound(), new MessageNotCancelable()],
  })
  async cancel(@IdParam() id: Uuid): Promise<MessageDto> {
    await this.cancelling.execute(id);
    return this.messages.one(id);
  }
}
