import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { ContactSegments, type ContactSegment } from '../../contacts';
import type { Audience } from '../db/bulk-candidates';
import { BulkConnections, type BulkConnectionRow } from '../db/bulk-connections.repository';
import { BulkConnectionNotFound, BulkConnectionNotUsable, BulkTemplateNotFound } from '../domain/bulk-errors';
import type { BulkTemplate } from '../domain/bulk-template';
import { checkVariables, type BulkVariable } from '../domain/bulk-variables';
import { BulkTemplates } from './bulk-templates';

/** What is to be said to whom, and by which number. */
export interface BulkWish {
  readonly connectionId: Uuid;
  readonly templateId: Uuid;
  readonly variables: readonly BulkVariable[];
  readonly segment: ContactSegment;
}

/** The same with all that it names. */
export interface BulkPlan {
  readonly connection: BulkConnectionRow;
  readonly template: BulkTemplate;
  readonly audience: Audience;
}

/** Works out what somebody wants to send to many. */
@Injectable()
export class BulkPlans {
  constructor(
    private readonly connections: BulkConnections,
    private readonly templates: BulkTemplates,
    private readonly segments: ContactSegments,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the connection is switched on and the template can be sent now is for the caller to ask. Throws
   * {@link BulkConnectionNotFound}, {@link BulkConnectionNotUsable}, {@link BulkTemplateNotFound}, `BulkVariablesInvalid`.
   */
  async of(wish: BulkWish): Promise<BulkPlan> {
    const connection = await this.connections.find(wish.connectionId);
    if (!connection) throw new BulkConnectionNotFound();
    if (connection.channel === 'voice') throw new BulkConnectionNotUsable();
    const template = await this.templates.prepare(wish.templateId, connection);
    if (!template) throw new BulkTemplateNotFound();
    checkVariables(wish.variables, template.variables, await this.segments.fieldKeys());
    return { connection, template, audience: await this.audience(wish, connection, template) };
  }

  private async audience(
    { variables, segment }: BulkWish,
    { id: connectionId, channel }: BulkConnectionRow,
    template: BulkTemplate,
  ): Promise<Audience> {
    const wanted = new Map(template.variables.map((variable) => [variable.name, variable]));
    return {
      filter: await this.segments.filterOf(segment),
      connectionId,
      channel,
      purpose: template.purpose,
      needsWindow: channel === 'whatsapp' && template.contentId === null,
      now: this.clock.now(),
      variables: variables.flatMap((variable) => {
        const declared = wanted.get(variable.name);
        return declared ? [{ ...variable, declared }] : [];
      }),
    };
  }
}
