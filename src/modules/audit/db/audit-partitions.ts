import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';

/** The months of the trail. */
@Injectable()
export class AuditPartitions {
  constructor(private readonly database: Database) {}

  /** Makes the partitions of this month and of the next `monthsAhead` that are missing. */
  async ensure(monthsAhead: number): Promise<void> {
    await this.database.platform('SELECT ensure_month_partitions($1, $2)', ['audit_logs', monthsAhead]);
  }
}
