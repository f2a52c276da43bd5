import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { WebhookHealthFigures, type HealthRow } from '../../db/webhook-record/webhook-health.repository';
import { logPeriod, type LogPeriod } from '../../domain/log-period';

/** How deliveries fared. Each is counted in one of the last five. */
export interface WebhookFigures {
  readonly total: number;
  readonly verified: number;
  /** Taken in without a signature that fits, by a connection that observes. */
  readonly observed: number;
  readonly waiting: number;
  readonly processed: number;
  readonly failed: number;
  readonly refused: number;
  readonly duplicates: number;
  readonly meanDurationMs: number | null;
  readonly p95DurationMs: number | null;
}

/** The figures of a period, and of each source and type that came in it. */
export interface WebhookHealthView extends LogPeriod {
  readonly overall: WebhookFigures;
  readonly bySourceAndType: (WebhookFigures & { readonly source: string; readonly type: string })[];
}

type Period = Partial<Record<'from' | 'to', Date | undefined>>;

/** Counts how deliveries fared over a period. */
@Injectable()
export class WebhookHealth {
  constructor(
    private readonly figures: WebhookHealthFigures,
    private readonly clock: Clock,
  ) {}

  /** Of the organization at hand. Throws `PeriodInvalid`. */
  async ofOrganization(asked: Period): Promise<WebhookHealthView> {
    const period = logPeriod(asked, this.clock.now());
    return healthOf(period, await this.figures.ofOrganization(period.from, period.to));
  }

  /** Of one organization or of the installation. Throws `PeriodInvalid`. */
  async ofPlatform(orgId: Uuid | null, asked: Period): Promise<WebhookHealthView> {
    const period = logPeriod(asked, this.clock.now());
    return healthOf(period, await this.figures.ofPlatform(orgId, period.from, period.to));
  }
}

const NOTHING: WebhookFigures = {
  total: 0,
  verified: 0,
  observed: 0,
  waiting: 0,
  processed: 0,
  failed: 0,
  refused: 0,
  duplicates: 0,
  meanDurationMs: null,
  p95DurationMs: null,
};

function healthOf(period: LogPeriod, rows: readonly HealthRow[]): WebhookHealthView {
  const overall = rows.find(({ source }) => source === null);
  return {
    ...period,
    overall: overall ? figuresOf(overall) : NOTHING,
    bySourceAndType: rows.flatMap((row) =>
      row.source === null || row.type === null
        ? []
        : [{ source: row.source, type: row.type, ...figuresOf(row) }],
    ),
  };
}

function figuresOf(row: HealthRow): WebhookFigures {
  const { total, verified, observed, waiting, processed, failed, refused, duplicates } = row;
  return {
    ...{ total, verified, observed, waiting, processed, failed, refused, duplicates },
    meanDurationMs: rounded(row.mean_ms),
    p95DurationMs: rounded(row.p95_ms),
  };
}

/** To a tenth. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
