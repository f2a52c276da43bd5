import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, pageOf, Route, type Page } from '../../../common/http';
import { ReadCalls } from '../app/calls/read-calls.query';
import { CallNotFound } from '../domain/call-errors';
import { CallDto, CallsQueryDto } from './calls.dto';

@ApiTags('Calls')
@Controller('calls')
export class CallsController {
  constructor(private readonly calls: ReadCalls) {}

  @Route.get('', {
    summary: 'List calls',
    description: 'Newest first: those that came in, and those that were made to say something.',
    permission: 'conversations.read',
    response: pageOf(CallDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, ...filter }: CallsQueryDto): Promise<Page<CallDto>> {
    return this.calls.page(filter, limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a call',
    permission: 'conversations.read',
    response: CallDto,
    errors: [new CallNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<CallDto> {
    return this.calls.one(id);
  }
}
