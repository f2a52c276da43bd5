import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Route } from '../http';
import { IsolationCheck } from './isolation-check';
import { IsolationReportDto } from './isolation-report.dto';

@ApiTags('Operations')
@Controller('platform/isolation-check')
export class IsolationController {
  constructor(private readonly isolation: IsolationCheck) {}

  @Route.get('', {
    summary: 'Are the organizations kept apart?',
    description:
      'Examines roles, policies, rights, keys, triggers, functions and views of the live database, and tries its own connections. ' +
      'Who asks while it runs gets the same answer. `npm run isolation:check` tries more: it makes organizations and takes them back.',
    permission: 'platform.operate',
    response: IsolationReportDto,
    ownTransactions: true,
  })
  check(): Promise<IsolationReportDto> {
    return this.isolation.run();
  }
}
