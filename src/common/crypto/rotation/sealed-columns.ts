import { Injectable, SetMetadata } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import type { OrgScope, Uuid } from '../../context';

const SEALS = 'frontdesk:seals';

/** A column of texts that the vault seals. Names are constants of the program. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Where the row also tells which key it was, for its foreign key. */
  readonly keyColumn?: string;
}

/** What a class that seals may want to know. */
export interface SealsTexts {
  /** A text was opened and sealed again by a newer key, in the transaction at hand. */
  noteResealed?(scope: OrgScope, row: Uuid): Promise<void>;
}

const declared = new Set<string>();

/**
 * Names the columns that an injectable class seals texts for, so that they are found when keys are exchanged. The vault seals
 * for no other.
 */
export function Seals(...columns: readonly SealedColumn[]): ClassDecorator {
  for (const { table, column } of columns) declared.add(`${table}.${column}`);
  return SetMetadata(SEALS, columns);
}

/** Whether any class answers for a column: a text in another would be lost with its key. */
export function isSealedColumn({ table, column }: SealedColumn): boolean {
  return declared.has(`${table}.${column}`);
}

/** A column with the class that answers for it. */
export interface HeldColumn extends SealedColumn {
  readonly holder: SealsTexts;
}

/** Every sealed column of the program. */
@Injectable()
export class SealedColumns {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  all(): HeldColumn[] {
    return this.discovery.getProviders().flatMap(({ instance, metatype }) => {
      if (!metatype || !instance) return [];
      const columns = this.reflector.get<readonly SealedColumn[] | undefined>(SEALS, metatype) ?? [];
      return columns.map((column) => ({ ...column, holder: instance as SealsTexts }));
    });
  }
}
