import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, Route } from '../../../common/http';
import { ChangeVoiceSettings } from '../app/calls/change-voice-settings.use-case';
import { VoiceSettingsOf } from '../app/calls/voice-settings-of.query';
import { ConnectionNotFound } from '../domain/errors';
import { NotAVoiceConnection, VoiceSettingsInvalid } from '../domain/voice-errors';
import { ChangeVoiceSettingsDto, VoiceSettingsDto } from './voice-settings.dto';

@ApiTags('Channel connections')
@Controller('channel-connections/:id/voice')
export class VoiceSettingsController {
  constructor(
    private readonly settings: VoiceSettingsOf,
    private readonly changeSettings: ChangeVoiceSettings,
  ) {}

  @Route.get('', {
    summary: 'Read what a number does when somebody calls',
    description: 'Where nobody chose anything, what holds then.',
    permission: 'connections.read',
    response: VoiceSettingsDto,
    errors: [new ConnectionNotFound(), new NotAVoiceConnection()],
  })
  read(@IdParam() id: Uuid): Promise<VoiceSettingsDto> {
    return this.settings.view(id);
  }

  @Route.patch('', {
    summary: 'Choose what a number does when somebody calls',
    description:
      'Greeting, staff that it rings at and when, voicemail, the closing word, and what is written to somebody whose call was missed. What is left out stays.',
    permission: 'connections.manage',
    response: VoiceSettingsDto,
    errors: [
      400,
      422,
      new ConnectionNotFound(),
      new NotAVoiceConnection(),
      new VoiceSettingsInvalid([
        {
          field: 'forwardTo.0',
          code: 'loop',
          message: 'is a number of this organization that calls come in on',
        },
      ]),
    ],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeVoiceSettingsDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<VoiceSettingsDto> {
    return this.changeSettings.execute(id, change, ifMatch);
  }
}
