import { storableAddress } from '../../../../common/http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId, requestContext, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Log } from '../../../../common/logging';
import { AuditTrail } from '../../../audit';
import { ApiKeysRepository } from '../../db/api-keys.repository';

const MINUTE = 60_000;

/** Notes when API keys are used: once a minute for each, beside the request and never in its way. */
@Injectable()
export class ApiKeyUses implements OnModuleDestroy {
  private readonly noted = new LRUCache<string, true>({ max: 10_000, ttl: MINUTE });
  private readonly underway = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly audit: AuditTrail,
    private readonly log: Log,
  ) {}

  /** Returns at once. What goes wrong is logged: it is no reason to refuse the request. */
  note(orgId: Uuid, keyId: Uuid, ipAddress: string): void {
    if (this.noted.get(keyId)) return;
    this.noted.set(keyId, true);
    const work = this.write(orgId, keyId, ipAddress)
      .catch((error: unknown) =>
        this.log.error('the use of an API key was not noted', { orgId, actorId: keyId, error }),
      )
      .finally(() => this.underway.delete(work));
    this.underway.add(work);
  }

  /** Nothing is begun on a database that is about to be closed. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.underway);
  }

  private write(orgId: Uuid, keyId: Uuid, ipAddress: string): Promise<void> {
    const actor = { type: 'api_key', id: keyId } as const;
    const requestId = requestContext()?.requestId ?? newId();
    const address = storableAddress(ipAddress);
    return this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, async () => {
      if (!(await this.keys.touch(keyId))) return;
      await this.audit.record({
        eventType: 'tenancy.api-key-used',
        operation: 'USE',
        tableName: 'api_keys',
        recordId: keyId,
        orgId,
        actor,
        ...(address === undefined ? {} : { ipAddress: address }),
      });
    });
  }
}
