import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Route } from '../../http';
import { ReadKeyStatus } from './key-status';
import { KeyStatusDto } from './key-status.dto';

@ApiTags('Operations')
@Controller('platform/keys')
export class KeysController {
  constructor(private readonly status: ReadKeyStatus) {}

  @Route.get('', {
    summary: 'Which master keys are still needed?',
    description:
      'Names of keys and counts. A master key that is not needed may be removed from `MASTER_KEYS` when `isComplete` is true; `npm run keys:rotate` makes it so.',
    permission: 'platform.operate',
    response: KeyStatusDto,
    ownTransactions: true,
  })
  read(): Promise<KeyStatusDto> {
    return this.status.execute() as Promise<KeyStatusDto>;
  }
}
