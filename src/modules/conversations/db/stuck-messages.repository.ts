import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** A message of some organization. */
export interface StuckMessage extends Record<string, unknown> {
  readonly org_id: Uuid;
  readonly id: Uuid;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Finds messages that nobody works on any more. Works without an organization. */
@Injectable()
export class StuckMessages {
  constructor(private readonly database: Database) {}

  /** Connections of all organizations of which bulk messages have been waiting since before `idleSince`. */
  idleBulkConnections(idleSince: Date): Promise<{ org_id: Uuid; connection_id: Uuid }[]> {
    return this.database.platform<{ org_id: Uuid; connection_id: Uuid }>(
      'SELECT org_id, connection_id FROM list_idle_bulk_connections($1)',
      [idleSince],
    );
  }

  /** Unfinished since before `idleSince`, bulk messages that wait apart, of all organizations, after `after`; at most `limit`, which is at most 500. */
  page(idleSince: Date, after: StuckMessage | undefined, limit: number): Promise<StuckMessage[]> {
    return this.database.platform<StuckMessage>(
      'SELECT org_id, id FROM find_stuck_messages($1, $2, $3, $4)',
      [idleSince, after?.org_id ?? NOBODY, after?.id ?? NOBODY, limit],
    );
  }
}
