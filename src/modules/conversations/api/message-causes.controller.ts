import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Route } from '../../../common/http';
import { MessageCauses } from '../app/message-causes';
import { CanceledMessagesDto, MessageCauseDto } from './messages.dto';

@ApiTags('Conversations')
@Controller('message-causes')
export class MessageCausesController {
  constructor(private readonly causes: MessageCauses) {}

  @Route.post('cancel', {
    summary: 'Cancel the messages of a cause',
    description:
      'What was written for it and was not handed over yet is canceled: the appointment that a reminder is about is no more. To cancel it again changes nothing.',
    permission: 'messages.send',
    response: CanceledMessagesDto,
    status: 200,
    errors: [422],
  })
  async cancel(@Body() cause: MessageCauseDto): Promise<CanceledMessagesDto> {
    return { canceled: await this.causes.cancel(cause) };
  }
}
