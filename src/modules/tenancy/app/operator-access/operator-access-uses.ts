import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId, requestContext, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { AuditTrail } from '../../../audit';

const MINUTE = 60_000;

/** One request of an operator in an organization that was opened. */
export interface OperatorAccessUse {
  readonly orgId: Uuid;
  readonly accessId: Uuid;
  readonly operatorId: Uuid;
  /** Verb and path, with the ids in it and without the query. */
  readonly path: string;
  readonly ipAddress: string;
}

/**
 * Writes into the organization's trail what the operator looks at: each path once a minute for each access, in each process.
 * Before the request is served: what cannot be written down is not shown.
 */
@Injectable()
export class OperatorAccessUses {
  private readonly noted = new LRUCache<string, true>({ max: 10_000, ttl: MINUTE });

  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  async note({ orgId, accessId, operatorId, path, ipAddress }: OperatorAccessUse): Promise<void> {
    const key = `${accessId} ${path}`;
    if (this.noted.get(key)) return;
    const actor = { type: 'user', id: operatorId } as const;
    const requestId = requestContext()?.requestId ?? newId();
    const address = storableAddress(ipAddress);
    await this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, () =>
      this.audit.record({
        eventType: 'tenancy.operator-access-used',
        operation: 'READ',
        tableName: 'operator_accesses',
        recordId: accessId,
        orgId,
        actor,
        query: path,
        ...(address === undefined ? {} : { ipAddress: address }),
      }),
    );
    this.noted.set(key, true);
  }
}
