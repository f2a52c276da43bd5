import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { checkVersion } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { countryOf, toE164 } from '../../../contacts';
import { Tenancy } from '../../../tenancy';
import { PhoneMappings } from '../../db/mappings/phone-mappings.repository';
import { InvalidPhoneNumber } from '../../domain/errors';
import { MappingInUse, MappingNotFound } from '../../domain/mappings/mapping-errors';
import type { MappingValues, PhoneMapping } from '../../domain/mappings/phone-mapping';
import { MappingCheck } from './mapping-check';

/** A change; what is left out stays. */
export type MappingChange = {
  readonly [Name in keyof MappingValues]?: MappingValues[Name] | undefined;
} & { readonly status?: 'active' | 'suspended' | undefined };

type Given = Partial<MappingValues> & { readonly status?: 'active' | 'suspended' };

/** Members say whose a number is, and whether anything is sent there. What its person consented to they cannot say here. */
@Injectable()
export class TendMappings {
  constructor(
    private readonly mappings: PhoneMappings,
    private readonly check: MappingCheck,
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /** Throws `InvalidPhoneNumber`, `MappingInvalid`, `NumberOfAnotherContact` and `MappingTaken`. */
  async add(phone: string, values: MappingValues): Promise<PhoneMapping> {
    const number = toE164(phone, await this.tenancy.defaultCountry());
    if (number === undefined) throw new InvalidPhoneNumber('phone');
    await this.check.pass(number, values);
    return this.read(await this.mappings.insert(number, countryOf(number), values));
  }

  /** Throws `MappingNotFound`, `StaleVersion`, `MappingInvalid` and `NumberOfAnotherContact`. */
  async change(id: Uuid, change: MappingChange, ifMatch: number | undefined): Promise<PhoneMapping> {
    const known = await this.read(id);
    const given = Object.fromEntries(
      Object.entries<unknown>(change).filter(([, value]) => value !== undefined),
    ) as Given;
    // Who is locked before their address, as everywhere.
    if (given.contactId !== undefined || given.userId !== undefined || given.metadata !== undefined)
      await this.check.pass(known.phone, { ...known, ...given });
    const locked = await this.locked(id, ifMatch);
    await this.mappings.change(id, { ...locked, ...given }, this.clock.now());
    return this.read(id);
  }

  /** Throws `MappingNotFound`, `StaleVersion` and `MappingInUse`. */
  async remove(id: Uuid, ifMatch: number | undefined): Promise<void> {
    await this.locked(id, ifMatch);
    if (await this.mappings.isInUse(id)) throw new MappingInUse();
    await this.mappings.delete(id);
  }

  private async locked(id: Uuid, ifMatch: number | undefined): Promise<PhoneMapping> {
    const row = await this.mappings.find(id, 'FOR UPDATE');
    if (!row) throw new MappingNotFound();
    checkVersion(row.version, ifMatch);
    return row;
  }

  private async read(id: Uuid): Promise<PhoneMapping> {
    const row = await this.mappings.find(id);
    if (!row) throw new MappingNotFound();
    return row;
  }
}
