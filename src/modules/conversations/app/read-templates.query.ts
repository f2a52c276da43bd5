import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { smsSegments, type SmsLength } from '../../channels';
import { MessageTemplatesRepository, type TemplateFilter } from '../db/message-templates.repository';
import { TemplateNotFound } from '../domain/template-errors';
import { rendererOf, type TemplateValues } from '../domain/template-rendering';
import { messageTemplate, templateView, type TemplateView } from './template-view';

/** What a person would read. */
export interface TemplatePreview {
  /** Null for a template of a provider that has no text of its own. */
  readonly text: string | null;
  readonly sms: SmsLength | null;
}

/** The organization's templates. */
@Injectable()
export class ReadTemplates {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly templates: MessageTemplatesRepository,
  ) {}

  /** Throws `TemplateNotFound`. */
  async one(id: Uuid): Promise<TemplateView> {
    const row = await this.templates.find(id);
    if (!row) throw new TemplateNotFound();
    return templateView(row);
  }

  /** Newest first. Throws `BadCursor`. */
  page(
    { kind, language, approval, purpose, search }: TemplateFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<TemplateView>> {
    const wanted = { kind, language, approval, purpose, search };
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['message templates', wanted],
      limit,
      cursor,
      read: async (after, count) =>
        (await this.templates.list(wanted, after?.[1] ?? null, count)).map(templateView),
      position: ({ createdAt, id }) => [createdAt.toISOString(), id],
    });
  }

  /** Throws `TemplateNotFound` and `TemplateVariablesInvalid`. */
  async preview(id: Uuid, values: TemplateValues): Promise<TemplatePreview> {
    const row = await this.templates.find(id);
    if (!row) throw new TemplateNotFound();
    const { text } = rendererOf(messageTemplate(row))(values);
    return { text, sms: text === null ? null : smsSegments(text) };
  }
}
