import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId, requestContext, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { Log } from '../../../../common/logging';
import { AuditTrail } from '../../../audit';
import { PeopleRepository } from '../../db/people.repository';

const MINUTE = 60_000;

/** A request of someone whom a provider vouches for. */
export interface IdentityUse {
  readonly orgId: Uuid;
  readonly userId: Uuid;
  readonly issuer: string;
  readonly ipAddress: string;
}

/**
 * Notes when people come in by their provider: they have no sign-in here that would tell. Once a minute for each person and
 * organization, in each process, beside the request and never in its way.
 */
@Injectable()
export class IdentityUses implements OnModuleDestroy {
  private readonly noted = new LRUCache<string, true>({ max: 10_000, ttl: MINUTE });
  private readonly underway = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly audit: AuditTrail,
    private readonly log: Log,
  ) {}

  /** Returns at once. What goes wrong is logged: it is no reason to refuse the request. */
  note(use: IdentityUse): void {
    const { orgId, userId } = use;
    const key = `${userId} ${orgId}`;
    if (this.noted.get(key)) return;
    this.noted.set(key, true);
    const work = this.write(use)
      .catch((error: unknown) =>
        this.log.error('the use of an identity was not noted', { orgId, actorId: userId, error }),
      )
      .finally(() => this.underway.delete(work));
    this.underway.add(work);
  }

  /** Nothing is begun on a database that is about to be closed. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underway);
  }

  private write({ orgId, userId, issuer, ipAddress }: IdentityUse): Promise<void> {
    const actor = { type: 'user', id: userId } as const;
    const requestId = requestContext()?.requestId ?? newId();
    const address = storableAddress(ipAddress);
    return this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, async () => {
      await this.people.noteSignIn(userId);
      await this.audit.record({
        eventType: 'tenancy.identity-used',
        operation: 'USE',
        tableName: 'users',
        recordId: userId,
        orgId,
        actor,
        new: { issuer },
        ...(address === undefined ? {} : { ipAddress: address }),
      });
    });
  }
}
