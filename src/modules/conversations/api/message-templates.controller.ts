import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, pageOf, Route, type Page } from '../../../common/http';
import { ConnectionNotFound } from '../../channels';
import { ChangeTemplate } from '../app/change-template.use-case';
import { CreateTemplate } from '../app/create-template.use-case';
import { ReadTemplates } from '../app/read-templates.query';
import { RemoveTemplate } from '../app/remove-template.use-case';
import { RequestTemplateSync } from '../app/request-template-sync.use-case';
import {
  TemplateHeldByProvider,
  TemplateInvalid,
  TemplateNameTaken,
  TemplateNotFound,
  TemplatePurposeTooLax,
  TemplateVariablesInvalid,
} from '../domain/template-errors';
import {
  ChangeTemplateDto,
  MessageTemplateDto,
  NewTemplateDto,
  PreviewTemplateDto,
  SyncTemplatesDto,
  TemplatePreviewDto,
  TemplatesQueryDto,
  TemplateSyncDto,
} from './message-templates.dto';

const INVALID = new TemplateInvalid([
  { field: 'body', code: 'undeclared_variable', message: '{{day}} is not among the variables' },
]);
const VALUES_INVALID = new TemplateVariablesInvalid([
  { field: 'variables.day', code: 'date', message: 'day must be a day, such as 2026-01-05' },
]);

@ApiTags('Message templates')
@Controller('message-templates')
export class MessageTemplatesController {
  constructor(
    private readonly templates: ReadTemplates,
    private readonly creation: CreateTemplate,
    private readonly changes: ChangeTemplate,
    private readonly removal: RemoveTemplate,
    private readonly syncs: RequestTemplateSync,
  ) {}

  @Route.post('', {
    summary: 'Add a text template',
    description:
      'A text of the organization’s own, sent as text: on WhatsApp within 24 hours of the last message of the customer. Everything that is not right about it is told at once, by field. A name is there once for each language.',
    permission: 'templates.manage',
    response: MessageTemplateDto,
    idempotent: true,
    errors: [400, 422, INVALID, new TemplateNameTaken()],
  })
  create(@Body() { isActive = true, ...template }: NewTemplateDto): Promise<MessageTemplateDto> {
    return this.creation.execute({ ...template, isActive });
  }

  @Route.get('', {
    summary: 'List templates',
    description: 'Newest first: the organization’s own, and those that its providers hold. Filters combine.',
    permission: 'conversations.read',
    response: pageOf(MessageTemplateDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, ...filter }: TemplatesQueryDto): Promise<Page<MessageTemplateDto>> {
    return this.templates.page(filter, limit, cursor);
  }

  @Route.post('sync', {
    summary: 'Read the templates of an account from the provider',
    description:
      'WhatsApp templates are read every half hour, and at once when this asks for it. The answer comes before the reading, and says how the last one ended.',
    permission: 'templates.manage',
    response: TemplateSyncDto,
    status: 202,
    errors: [400, 422, new ConnectionNotFound()],
  })
  sync(@Body() { connectionId }: SyncTemplatesDto): Promise<TemplateSyncDto> {
    return this.syncs.execute(connectionId);
  }

  @Route.get(':id', {
    summary: 'Read a template',
    permission: 'conversations.read',
    response: MessageTemplateDto,
    errors: [new TemplateNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<MessageTemplateDto> {
    return this.templates.one(id);
  }

  @Route.patch(':id', {
    summary: 'Change a template',
    description:
      'A provider’s template is switched off and on, and its purpose made stricter; what it says is changed at the provider. Messages that are written already stay as they are.',
    permission: 'templates.manage',
    response: MessageTemplateDto,
    errors: [
      ...[400, 422],
      ...[new TemplateNotFound(), INVALID, new TemplateNameTaken()],
      ...[new TemplateHeldByProvider(), new TemplatePurposeTooLax()],
    ],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeTemplateDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<MessageTemplateDto> {
    return this.changes.execute(id, change, ifMatch);
  }

  @Route.delete(':id', {
    summary: 'Delete a template',
    description:
      'A provider’s template only when it is disabled there. Messages that were written with it stay.',
    permission: 'templates.manage',
    errors: [new TemplateNotFound(), new TemplateHeldByProvider()],
  })
  remove(@IdParam() id: Uuid, @IfMatch() ifMatch: number | undefined): Promise<void> {
    return this.removal.execute(id, ifMatch);
  }

  @Route.post(':id/preview', {
    summary: 'See what a person would read',
    description: 'Nothing is sent. Values that are missing, unknown or of another type are told by field.',
    permission: 'conversations.read',
    response: TemplatePreviewDto,
    status: 200,
    errors: [400, 422, new TemplateNotFound(), VALUES_INVALID],
  })
  preview(@IdParam() id: Uuid, @Body() { variables = {} }: PreviewTemplateDto): Promise<TemplatePreviewDto> {
    return this.templates.preview(id, variables);
  }
}
