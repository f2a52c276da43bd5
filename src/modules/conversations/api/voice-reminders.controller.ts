import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import { CurrentPrincipal, Route } from '../../../common/http';
import { CallWithText } from '../app/calls/call-with-text.use-case';
import { ReadMessages } from '../app/read-messages.query';
import { NotACallConnection, UnknownCallee } from '../domain/call-errors';
import { MessageDto } from './messages.dto';
import { VoiceReminderDto } from './voice-reminders.dto';

@ApiTags('Calls')
@Controller('voice-reminders')
export class VoiceRemindersController {
  constructor(
    private readonly reminders: CallWithText,
    private readonly messages: ReadMessages,
  ) {}

  @Route.post('', {
    summary: 'Call a contact and say a text',
    description:
      'A message on a voice number: with consent to calls, outside of quiet hours, and once for each `Idempotency-Key`. The answer has status `queued`; `delivered` means that somebody answered. Key 9 ends such calls.',
    permission: 'messages.send',
    response: MessageDto,
    errors: [400, 409, 422, new UnknownCallee(), new NotACallConnection()],
    idempotent: true,
  })
  async create(
    @Body() { purpose = 'transactional', ...reminder }: VoiceReminderDto,
    @CurrentPrincipal() { actor: author }: Principal,
  ): Promise<MessageDto> {
    return this.messages.one(await this.reminders.execute({ ...reminder, purpose, author }));
  }
}
