import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, pageOf, Route, type Page } from '../../../common/http';
import { BulkSendActions } from '../app/bulk-send-actions';
import { PreviewBulkSend } from '../app/preview-bulk-send.query';
import { ReadBulkSends } from '../app/read-bulk-sends.query';
import {
  BadSendTime,
  BulkConnectionNotFound,
  BulkConnectionNotUsable,
  BulkSendNotCancellable,
  BulkSendNotDraft,
  BulkSendNotFound,
  BulkSendNotPausable,
  BulkSendNotResumable,
  BulkSendNotStartable,
  BulkTemplateNotFound,
  BulkTemplateNotUsable,
  BulkVariablesInvalid,
} from '../domain/bulk-errors';
import { BulkPreviewDto, BulkRecipientDto, BulkSendDto, BulkSendItemDto } from './bulk-send-views.dto';
import {
  BulkRecipientsQueryDto,
  BulkSendsQueryDto,
  BulkWishDto,
  ChangeBulkSendDto,
  NewBulkSendDto,
  StartBulkSendDto,
} from './bulk-sends.dto';

const NOT_FOUND = new BulkSendNotFound();
const WISH_ERRORS = [
  422,
  new BulkConnectionNotFound(),
  new BulkTemplateNotFound(),
  new BulkConnectionNotUsable(),
  new BulkVariablesInvalid([
    { field: 'variables.0.field', code: 'no_such_field', message: 'contacts have no such field' },
  ]),
] as const;

@ApiTags('Bulk sends')
@Controller('bulk-sends')
export class BulkSendsController {
  constructor(
    private readonly previews: PreviewBulkSend,
    private readonly actions: BulkSendActions,
    private readonly bulkSends: ReadBulkSends,
  ) {}

  @Route.post('preview', {
    summary: 'Preview a bulk send',
    description: 'Counts who would get it now and who would be skipped for what. Nothing is made or sent.',
    permission: 'bulk_sends.manage',
    response: BulkPreviewDto,
    status: 200,
    errors: [400, ...WISH_ERRORS],
  })
  preview(@Body() { perMinute = null, variables = [], ...wish }: BulkWishDto): Promise<BulkPreviewDto> {
    return this.previews.of({ ...wish, perMinute, variables });
  }

  @Route.post('', {
    summary: 'Draft a bulk send',
    description: 'One template to a segment of contacts. It is sent when it is started.',
    permission: 'bulk_sends.manage',
    response: BulkSendDto,
    idempotent: true,
    errors: [400, ...WISH_ERRORS],
  })
  create(@Body() { perMinute = null, variables = [], ...order }: NewBulkSendDto): Promise<BulkSendDto> {
    return this.actions.create({ ...order, perMinute, variables });
  }

  @Route.get('', {
    summary: 'List bulk sends',
    description: 'Newest first. How far one has come is shown by itself.',
    permission: 'conversations.read',
    response: pageOf(BulkSendItemDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, ...filter }: BulkSendsQueryDto): Promise<Page<BulkSendItemDto>> {
    return this.bulkSends.page(filter, limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a bulk send',
    permission: 'conversations.read',
    response: BulkSendDto,
    errors: [NOT_FOUND],
    changesUncounted: true,
  })
  read(@IdParam() id: Uuid): Promise<BulkSendDto> {
    return this.bulkSends.one(id);
  }

  @Route.patch(':id', {
    summary: 'Change a draft',
    description: 'What is left out stays. A segment and variables are replaced as a whole.',
    permission: 'bulk_sends.manage',
    response: BulkSendDto,
    errors: [400, NOT_FOUND, new BulkSendNotDraft(), ...WISH_ERRORS],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeBulkSendDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<BulkSendDto> {
    return this.actions.change(id, change, ifMatch);
  }

  @Route.delete(':id', {
    summary: 'Delete a draft',
    permission: 'bulk_sends.manage',
    errors: [NOT_FOUND, new BulkSendNotDraft()],
  })
  remove(@IdParam() id: Uuid, @IfMatch() ifMatch: number | undefined): Promise<void> {
    return this.actions.remove(id, ifMatch);
  }

  @Route.post(':id/start', {
    summary: 'Start a bulk send',
    description:
      'Now, or at `sendAt`. Who is in the segment, and who consented, is looked at as it goes; contacts that are added after it began are not meant. Its messages are of whoever starts it.',
    permission: 'bulk_sends.manage',
    response: BulkSendDto,
    status: 202,
    idempotent: true,
    errors: [
      400,
      NOT_FOUND,
      new BulkSendNotStartable(),
      new BulkTemplateNotUsable(),
      new BadSendTime('in_the_past', 'sendAt must lie ahead'),
      ...WISH_ERRORS,
    ],
  })
  start(@IdParam() id: Uuid, @Body() { sendAt = null }: StartBulkSendDto): Promise<BulkSendDto> {
    return this.actions.start(id, sendAt);
  }

  @Route.post(':id/pause', {
    summary: 'Pause a bulk send',
    description:
      'What is queued is held until it goes on. What is being handed over at this moment still goes out.',
    permission: 'bulk_sends.manage',
    response: BulkSendDto,
    status: 200,
    errors: [NOT_FOUND, new BulkSendNotPausable()],
  })
  pause(@IdParam() id: Uuid): Promise<BulkSendDto> {
    return this.actions.pause(id);
  }

  @Route.post(':id/resume', {
    summary: 'Let a paused bulk send go on',
    permission: 'bulk_sends.manage',
    response: BulkSendDto,
    status: 200,
    errors: [NOT_FOUND, new BulkSendNotResumable()],
  })
  resume(@IdParam() id: Uuid): Promise<BulkSendDto> {
    return this.actions.resume(id);
  }

  @Route.post(':id/cancel', {
    summary: 'Cancel a bulk send',
    description: 'For good. What waits is canceled; what is being handed over at this moment still goes out.',
    permission: 'bulk_sends.manage',
    response: BulkSendDto,
    status: 200,
    errors: [NOT_FOUND, new BulkSendNotCancellable()],
  })
  cancel(@IdParam() id: Uuid): Promise<BulkSendDto> {
    return this.actions.cancel(id);
  }

  @Route.get(':id/recipients', {
    summary: 'List what became of everybody',
    description: 'In the order in which they were looked at.',
    permission: 'conversations.read',
    response: pageOf(BulkRecipientDto),
    errors: [400, 422, NOT_FOUND],
  })
  recipients(
    @IdParam() id: Uuid,
    @Query() { limit, cursor, ...filter }: BulkRecipientsQueryDto,
  ): Promise<Page<BulkRecipientDto>> {
    return this.bulkSends.recipients(id, filter, limit, cursor);
  }
}
