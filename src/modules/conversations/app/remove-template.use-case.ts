import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { MessageTemplatesRepository } from '../db/message-templates.repository';
import { TemplateHeldByProvider, TemplateNotFound } from '../domain/template-errors';

/** Deletes a template. Messages that were written with it stay as they are. */
@Injectable()
export class RemoveTemplate {
  constructor(private readonly templates: MessageTemplatesRepository) {}

  /** Throws `TemplateNotFound`, `StaleVersion`, and `TemplateHeldByProvider` while the provider has it. */
  async execute(id: Uuid, ifMatch: number | undefined): Promise<void> {
    const row = await this.templates.lock(id);
    if (!row) throw new TemplateNotFound();
    checkVersion(row.version, ifMatch);
    if (row.kind === 'provider' && row.approval !== 'disabled') throw new TemplateHeldByProvider();
    await this.templates.remove(id);
  }
}
