import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { CancelMessage } from '../app/cancel-message.use-case';
import { ReadMessages } from '../app/read-messages.query';
import { ReadStatusEvents } from '../app/read-status-events.query';
import { MessageNotCancelable, MessageNotFound } from '../domain/errors';
import { MessageDto } from './messages.dto';
import { StatusEventDto } from './status-events.dto';

@ApiTags('Conversations')
@Controller('messages')
export class MessagesController {
  constructor(
    private readonly messages: ReadMessages,
    private readonly statusEvents: ReadStatusEvents,
    private readonly cancelling: CancelMessage,
  ) {}

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
