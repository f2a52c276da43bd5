import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { PhoneMappings } from '../../db/mappings/phone-mappings.repository';
import { MappingNotFound } from '../../domain/mappings/mapping-errors';
import type { PhoneMapping } from '../../domain/mappings/phone-mapping';

/** What the rest of the program may ask of numbers and the people behind them. In the transaction at hand. */
@Injectable()
export class Mappings {
  constructor(private readonly mappings: PhoneMappings) {}

  /** Throws `MappingNotFound`. */
  async one(id: Uuid): Promise<PhoneMapping> {
    const found = await this.mappings.find(id);
    if (!found) throw new MappingNotFound();
    return found;
  }

  /** The same, locked until the transaction ends. Throws `MappingNotFound`. */
  async lock(id: Uuid): Promise<PhoneMapping> {
    const found = await this.mappings.find(id, 'FOR UPDATE');
    if (!found) throw new MappingNotFound();
    return found;
  }

  /** The person proved that the number is theirs. */
  verified(id: Uuid, at: Date): Promise<void> {
    return this.mappings.verify(id, at);
  }
}
