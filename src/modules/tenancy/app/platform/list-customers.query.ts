import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Cursors, type Page } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { PlatformRepository, type CustomerFilter, type Customer } from '../../db/platform.repository';
import { Figures } from './figures';
import { usageView, type UsageView } from './usage-view';

const DAY = 86_400_000;

/** An organization with its figures. */
export interface CustomerView extends Omit<Customer, 'suspendedAt' | 'suspensionReason'> {
  readonly suspension: { readonly at: Date; readonly reason: string | null } | null;
  readonly usage: UsageView;
}

/** The organizations of the installation, for whoever operates it. Counts alone: no member, contact, number or text. */
@Injectable()
export class ListCustomers {
  constructor(
    private readonly cursors: Cursors,
    private readonly platform: PlatformRepository,
    private readonly figures: Figures,
    private readonly clock: Clock,
  ) {}

  /** `days` back from today, which counts. `orgId`: the operator's own, to which the cursor is bound. */
  async page(list: {
    orgId: Uuid;
    filter: CustomerFilter;
    days: number;
    limit: number;
    cursor: string | undefined;
  }): Promise<Page<CustomerView>> {
    const { orgId, filter, days, limit, cursor } = list;
    const page = await this.cursors.list({
      orgId,
      filter: ['platform-organizations', filter],
      limit,
      cursor,
      read: (after, count) => this.platform.list(filter, after?.[1] ?? null, count),
      position: ({ id }) => ['', id],
    });
    return { ...page, items: await this.withFigures(page.items, days) };
  }

  private async withFigures(rows: readonly Customer[], days: number): Promise<CustomerView[]> {
    const ids = rows.map(({ id }) => id);
    const since = new Date(this.clock.now().getTime() - (days - 1) * DAY).toISOString().slice(0, 10);
    const [figures, jobs] = await Promise.all([this.figures.of(ids, since), this.platform.jobs(ids)]);
    return rows.map(({ suspendedAt: at, suspensionReason: reason, ...row }) => ({
      ...row,
      suspension: at && { at, reason },
      usage: usageView(figures(row.id), jobs.get(row.id)),
    }));
  }

  /** The figures of one. */
  async one(row: Customer, days: number): Promise<CustomerView> {
    const [view] = await this.withFigures([row], days);
    if (!view) throw new Error('one row makes one view');
    return view;
  }
}
