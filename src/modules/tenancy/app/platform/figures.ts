import { Injectable, SetMetadata } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import type { Uuid } from '../../../../common/context';

const CONTRIBUTES_FIGURES = 'frontdesk:contributes-figures';

/** Numbers that are connected, and those of them that are switched on. */
export interface ConnectionFigures {
  readonly active: number;
  readonly total: number;
}

/** Messages that began on one day, by what has become of them; each is counted once. */
export interface MessageDay {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** Written by customers. */
  readonly received: number;
  /** Not handed over yet, or nobody knows. */
  readonly waiting: number;
  /** Taken by the provider, and not known to have arrived. */
  readonly sent: number;
  /** Arrived, or read. */
  readonly delivered: number;
  readonly failed: number;
}

/** Deliveries of providers on one day; each is counted once. */
export interface WebhookDay {
  readonly day: string;
  readonly waiting: number;
  readonly processed: number;
  readonly failed: number;
  /** Not what the provider signed: nobody's fault but the sender's. */
  readonly refused: number;
}

/** What the operator sees of an organization's use: how many of what, never whose or what was said. */
export interface OrganizationFigures {
  readonly connections: ConnectionFigures;
  readonly messages: readonly MessageDay[];
  readonly webhooks: readonly WebhookDay[];
}

/** Port: figures of what a module above this one owns, for many organizations in one question. */
export interface FiguresSource {
  /** `since`: the first day, UTC, `YYYY-MM-DD`. What has nothing to count may be left out. */
  figuresOf(orgIds: readonly Uuid[], since: string): Promise<ReadonlyMap<Uuid, Partial<OrganizationFigures>>>;
}

/** Marks an injectable class as a {@link FiguresSource}. */
export const ContributesFigures = (): ClassDecorator => SetMetadata(CONTRIBUTES_FIGURES, true);

/** Rows of many organizations, sorted by whose they are. */
export function byOrganization<Row extends { readonly orgId: Uuid }>(
  rows: readonly Row[],
): ReadonlyMap<Uuid, readonly Omit<Row, 'orgId'>[]> {
  const sorted = new Map<Uuid, Omit<Row, 'orgId'>[]>();
  for (const { orgId, ...row } of rows) {
    const known = sorted.get(orgId);
    if (known) known.push(row);
    else sorted.set(orgId, [row]);
  }
  return sorted;
}

/** Of an organization that has done nothing yet. */
export const NO_FIGURES: OrganizationFigures = {
  connections: { active: 0, total: 0 },
  messages: [],
  webhooks: [],
};

/** Asks all sources, of whichever module. */
@Injectable()
export class Figures {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  /** The figures of an organization that no source has anything of are zero. */
  async of(orgIds: readonly Uuid[], since: string): Promise<(orgId: Uuid) => OrganizationFigures> {
    const answers = await Promise.all(this.sources().map((source) => source.figuresOf(orgIds, since)));
    return (orgId) =>
      Object.assign({}, NO_FIGURES, ...answers.map((answer) => answer.get(orgId))) as OrganizationFigures;
  }

  private sources(): FiguresSource[] {
    return this.discovery
      .getProviders()
      .filter(
        ({ metatype }) => metatype && this.reflector.get<boolean | undefined>(CONTRIBUTES_FIGURES, metatype),
      )
      .map(({ instance }) => instance as FiguresSource);
  }
}
