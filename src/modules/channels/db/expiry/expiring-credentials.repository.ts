import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { EXPIRY_WARNINGS } from '../../domain/credentials-expiring';

/** A connection of some organization whose credentials end soon. */
export interface ExpiringConnection extends Record<string, unknown> {
  readonly org_id: Uuid;
  readonly id: Uuid;
}

/** One of which it is now told. */
export interface ExpiryWarning extends Record<string, unknown> {
  readonly expireAt: Date;
  readonly days: number;
}

const NIL = '00000000-0000-0000-0000-000000000000';
/** The smallest of the warnings that is due: who was asleep for a week is told of the last one alone. */
const DUE = `(SELECT min(days) FROM unnest($4::int[]) AS days
  WHERE c.credentials_expire_at <= $3::timestamptz + days * interval '1 day')`;

/** Finds credentials that end soon. Works without an organization until it notes what was told. */
@Injectable()
export class ExpiringCredentials {
  constructor(private readonly database: Database) {}

  /** Of all organizations, ending before `endsBefore`; by organization and id. */
  page(
    endsBefore: Date,
    after: ExpiringConnection | undefined,
    limit: number,
  ): Promise<ExpiringConnection[]> {
    return this.database.platform<ExpiringConnection>(
      'SELECT org_id, id FROM find_expiring_credentials($1, $2, $3, $4)',
      [endsBefore, after?.org_id ?? NIL, after?.id ?? NIL, limit],
    );
  }

  /** Notes which warning is due for a connection of the organization at hand; undefined when none is, or it was given before. */
  warn(id: Uuid, now: Date): Promise<ExpiryWarning | undefined> {
    const { tx } = this.database;
    return tx.one<ExpiryWarning>(
      `UPDATE channel_connections c SET expiry_warned_for = c.credentials_expire_at, expiry_warned_days = ${DUE}
       WHERE c.org_id = $1 AND c.id = $2 AND c.credentials_expire_at > $3 AND ${DUE} IS NOT NULL
         AND (c.expiry_warned_for IS DISTINCT FROM c.credentials_expire_at OR c.expiry_warned_days > ${DUE})
       RETURNING c.credentials_expire_at AS "expireAt", c.expiry_warned_days AS days`,
      [tx.orgId, id, now, [...EXPIRY_WARNINGS]],
    );
  }
}
