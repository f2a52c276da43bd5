import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { Clock } from '../../../common/time/clock';
import { Channels, type ProviderTemplateListing } from '../../channels';
import { ProviderTemplatesRepository } from '../db/provider-templates.repository';
import { TemplateApprovalChanged } from '../domain/template-approval-changed';
import {
  PROVIDER_VALUE,
  templateSyncPlan,
  type ListedTemplate,
  type TemplateSyncPlan,
} from '../domain/template-sync';
import { isWithdrawn, TemplatesWithdrawn } from '../domain/templates-withdrawn';

/** So many withdrawn templates are told by name; how many there are is told anyway. */
const NAMED = 20;

/** Takes over what a provider told of an account's templates, and tells whose approval is another one. */
@Injectable()
export class ApplyTemplateListing {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly templates: ProviderTemplatesRepository,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** A connection that is gone meanwhile changes nothing. */
  async execute(connectionId: Uuid, listings: readonly ProviderTemplateListing[]): Promise<void> {
    const account = await this.channels.connection(connectionId);
    if (!account) return;
    const at = this.clock.now();
    const plan = templateSyncPlan(await this.templates.lockAll(account), listings.map(listedTemplate));
    for (const listed of plan.added) await this.templates.insert(account, listed, at);
    for (const { id, listed, isNews } of plan.changed) {
      await this.templates.update(id, listed, at);
      if (isNews) await this.tell(id);
    }
    for (const id of plan.gone) {
      await this.templates.markGone(id, at);
      await this.tell(id);
    }
    await this.templates.note(connectionId, null, at);
    const withdrawn = plan.changed.filter(({ isNews, listed }) => isNews && isWithdrawn(listed.approval));
    if (withdrawn.length > 0) await this.tellWithdrawn(connectionId, withdrawn);
  }

  private tellWithdrawn(connectionId: Uuid, withdrawn: TemplateSyncPlan['changed']): Promise<void> {
    const templateIds = withdrawn.slice(0, NAMED).map(({ id }) => id);
    const { orgId } = this.database.tx;
    return this.events.publish(
      new TemplatesWithdrawn({ orgId, connectionId, templateIds, count: withdrawn.length }),
    );
  }

  private tell(templateId: Uuid): Promise<void> {
    return this.events.publish(new TemplateApprovalChanged({ orgId: this.database.tx.orgId, templateId }));
  }
}

function listedTemplate({ isMarketing, variables, ...listing }: ProviderTemplateListing): ListedTemplate {
  return {
    ...listing,
    variables: variables.map((variable) => ({ ...variable, ...PROVIDER_VALUE })),
    providerPurpose: isMarketing ? 'marketing' : 'transactional',
  };
}
