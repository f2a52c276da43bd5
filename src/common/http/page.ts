import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, type Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Config } from '../config';
import type { Uuid } from '../context';
import { BadRequest } from '../errors';

/** The cursor is damaged, forged, or of another list, filter or organization; the answer does not say which. */
export class BadCursor extends BadRequest {
  readonly code = 'bad_cursor';
  constructor() {
    super('This cursor does not belong to this list. Start again without one.');
  }
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Pass it as `cursor` to get the next page; null on the last one. */
  nextCursor: string | null;
}

/** The shape of a page of `item`s, for the OpenAPI document. */
export function pageOf<T>(item: Type<T>): Type<Page<T>> {
  class PageDto implements Page<T> {
    @ApiProperty({ type: [item] })
    items!: T[];
    @ApiProperty({
      type: String,
      nullable: true,
      description: 'Pass it as `cursor` to get the next page; null on the last one.',
      example: null,
    })
    nextCursor!: string | null;
  }
  Object.defineProperty(PageDto, 'name', { value: `${item.name.replace(/Dto$/, '')}PageDto` });
  return PageDto;
}

/** Where a page ended: the sort key and the id of its last row. */
export type Position = readonly [sortKey: string, id: string];

/**
 * Cursors of keyset pages: opaque, signed, and bound to the organization and the filter that they were made for, so that
 * none can be taken to another list.
 */
@Injectable()
export class Cursors {
  private readonly key: Buffer;

  constructor(config: Config) {
    this.key = createHmac('sha256', config.auth.jwtSecret).update('frontdesk cursor').digest();
  }

  /**
   * Reads one page of a list. `read` gets where the page before ended (null for the first) and how many rows to fetch: one
   * more than the page holds, to see whether there is a next one. Throws {@link BadCursor}.
   */
  async list<T>(list: {
    orgId: Uuid;
    /** What the list is and how it is filtered and sorted; a cursor of another one is refused. */
    filter: unknown;
    limit: number;
    cursor: string | undefined;
    read: (after: Position | null, limit: number) => Promise<readonly T[]>;
    position: (row: T) => Position;
  }): Promise<Page<T>> {
    const { orgId, filter, limit, cursor, position } = list;
    const after = cursor === undefined ? null : this.read(orgId, filter, cursor);
    const rows = await list.read(after, limit + 1);
    return this.page({ orgId, filter, rows, limit, position, item: (row) => row });
  }

  /** Reads a cursor made by {@link page} for the same organization and filter. Throws {@link BadCursor}. */
  read(orgId: Uuid, filter: unknown, cursor: string): Position {
    const [payload = '', signature = ''] = cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(orgId, filter, payload);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new BadCursor();
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Position;
  }

  /** Makes a page of `rows`, of which one more than `limit` was asked for to see whether there is a next page. */
  page<Row, T>(list: {
    orgId: Uuid;
    filter: unknown;
    rows: readonly Row[];
    limit: number;
    position: (row: Row) => Position;
    item: (row: Row) => T;
  }): Page<T> {
    const rows = list.rows.slice(0, list.limit);
    const last = rows.at(-1);
    const more = list.rows.length > list.limit && last !== undefined;
    return {
      items: rows.map(list.item),
      nextCursor: more ? this.write(list.orgId, list.filter, list.position(last)) : null,
    };
  }

  private write(orgId: Uuid, filter: unknown, position: Position): string {
    const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
    return `${payload}.${this.sign(orgId, filter, payload).toString('base64url')}`;
  }

  private sign(orgId: Uuid, filter: unknown, payload: string): Buffer {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([orgId, filter, payload]))
      .digest()
      .subarray(0, 16);
  }
}
