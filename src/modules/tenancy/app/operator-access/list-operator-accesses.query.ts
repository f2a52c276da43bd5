import { Injectable } from '@nestjs/common';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { OperatorAccessesRepository, type OperatorAccessRow } from '../../db/operator-accesses.repository';

/** When the operator opened the organization at hand, and why; newest first. */
@Injectable()
export class ListOperatorAccesses {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly accesses: OperatorAccessesRepository,
  ) {}

  page(limit: number, cursor: string | undefined): Promise<Page<OperatorAccessRow>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: 'operator-accesses',
      limit,
      cursor,
      read: (after, count) => this.accesses.list(count, after?.[1] ?? null),
      position: ({ id }) => ['', id],
    });
  }
}
