import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, Route } from '../../../common/http';
import { ReadMessages } from '../app/read-messages.query';
import { MessageDto } from './messages.dto';

@ApiTags('Conversations')
@Controller('messages')
export class MessagesController {
  constructor(private readonly messages: ReadMessages) {}

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
}
