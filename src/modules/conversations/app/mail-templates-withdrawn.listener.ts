import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Subscribe, type ListensTo } from '../../../common/events';
import { mailName } from '../../../common/mail';
import { OwnersMail } from '../../channels';
import { MessageTemplatesRepository } from '../db/message-templates.repository';
import { isWithdrawn, TemplatesWithdrawn } from '../domain/templates-withdrawn';

/** Tells the owners that a provider withdrew templates, unless they were given back by now. */
@Injectable()
@Subscribe(TemplatesWithdrawn, 'conversations.mail-templates-withdrawn', { transaction: 'own' })
export class MailTemplatesWithdrawn implements ListensTo<TemplatesWithdrawn> {
  constructor(
    private readonly database: Database,
    private readonly templates: MessageTemplatesRepository,
    private readonly mail: OwnersMail,
  ) {}

  async handle({ payload: { orgId, connectionId, templateIds, count } }: TemplatesWithdrawn): Promise<void> {
    const lines = await this.database.runInOrg(systemScope(orgId), () => this.lines(templateIds));
    if (lines.length === 0) return;
    await this.mail.send(orgId, connectionId, ({ address }, name) => ({
      subject: `${count === 1 ? 'A template was' : `${count} templates were`} withdrawn: ${name}`,
      body: [
        `The provider of ${name} (${address}) does not send these templates any more. Messages that use them fail, reminders and bulk sends too:`,
        ...lines,
        ...(count > templateIds.length ? [`and ${count - templateIds.length} more.`] : []),
        'All of them: GET /api/v1/message-templates?kind=provider. What was rejected can be changed, or objected to, at the provider.',
      ],
    }));
  }

  /** Those that are still withdrawn. */
  private async lines(ids: readonly Uuid[]): Promise<string[]> {
    const rows = await this.templates.findAll(ids);
    return rows
      .filter(({ approval }) => isWithdrawn(approval))
      .map(({ name, language, approval, rejection_reason: reason }) => {
        const why = reason === null ? '' : `, ${mailName(reason)}`;
        return `${mailName(name)} (${mailName(language)}): ${approval}${why}`;
      });
  }
}
