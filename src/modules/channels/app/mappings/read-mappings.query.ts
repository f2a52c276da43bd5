import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { toE164 } from '../../../contacts';
import { Tenancy } from '../../../tenancy';
import { PhoneMappings, type MappingFilter } from '../../db/mappings/phone-mappings.repository';
import { MappingNotFound } from '../../domain/mappings/mapping-errors';
import type { PhoneMapping } from '../../domain/mappings/phone-mapping';

/** Numbers, the people behind them, and what these consented to. */
@Injectable()
export class ReadMappings {
  constructor(
    private readonly database: Database,
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly mappings: PhoneMappings,
  ) {}

  /** One page, newest first. */
  async page(filter: MappingFilter, limit: number, cursor: string | undefined): Promise<Page<PhoneMapping>> {
    const { phone } = filter;
    const number =
      phone === undefined ? undefined : (toE164(phone, await this.tenancy.defaultCountry()) ?? phone);
    const { items, nextCursor } = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['phone-mappings', filter],
      limit,
      cursor,
      read: (after, rows) => this.mappings.list({ ...filter, phone: number }, after, rows),
      position: ({ position, id }) => [position, id],
    });
    return {
      items: items.map(({ position: _position, ...mapping }) => mapping as unknown as PhoneMapping),
      nextCursor,
    };
  }

  /** Throws `MappingNotFound`. */
  async one(id: Uuid): Promise<PhoneMapping> {
    const row = await this.mappings.find(id);
    if (!row) throw new MappingNotFound();
    return row;
  }
}
