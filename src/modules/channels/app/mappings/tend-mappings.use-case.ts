import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import type { FieldError } from '../../../../common/errors';
import { checkVersion } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { countryOf, toE164 } from '../../../contacts';
import { Tenancy } from '../../../tenancy';
import { PhoneMappings } from '../../db/mappings/phone-mappings.repository';
import { InvalidPhoneNumber } from '../../domain/errors';
import {
  MappingInUse,
  MappingInvalid,
  MappingNotFound,
  NumberOfAnotherContact,
} from '../../domain/mappings/mapping-errors';
import { metadataErrors, type MappingValues, type PhoneMapping } from '../../domain/mappings/phone-mapping';

/** A change; what is left out stays. */
export type MappingChange = Partial<MappingValues> & { readonly status?: 'active' | 'suspended' | undefined };

/** Members say whose a number is, and whether anything is sent there. What its person consented to they cannot say here. */
@Injectable()
export class TendMappings {
  constructor(
    private readonly mappings: PhoneMappings,
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /** Throws `InvalidPhoneNumber`, `MappingInvalid`, `NumberOfAnotherContact` and `MappingTaken`. */
  async add(phone: string, values: MappingValues): Promise<PhoneMapping> {
    const number = toE164(phone, await this.tenancy.defaultCountry());
    if (number === undefined) throw new InvalidPhoneNumber('phone');
    await this.check(number, values);
    return this.read(await this.mappings.insert(number, countryOf(number), values));
  }

  /** Throws `MappingNotFound`, `StaleVersion`, `MappingInvalid` and `NumberOfAnotherContact`. */
  async change(id: Uuid, change: MappingChange, ifMatch: number | undefined): Promise<PhoneMapping> {
    const known = await this.read(id);
    const given = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    ) as MappingChange;
    // Who is locked before their address, as everywhere.
    if (given.contactId !== undefined || given.userId !== undefined || given.metadata !== undefined)
      await this.check(known.phone, { ...known, ...given });
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

  private async check(phone: string, values: MappingValues): Promise<void> {
    const { contactId, userId } = values;
    const people = await this.mappings.people(values);
    const errors: FieldError[] = metadataErrors(values.metadata);
    if (contactId === null && userId === null)
      errors.push({ field: 'contactId', code: 'one_of_two', message: 'give contactId or userId' });
    if (contactId !== null && !people.contact) errors.push(unknown('contactId'));
    if (userId !== null && !people.user) errors.push(unknown('userId'));
    if (errors.length > 0) throw new MappingInvalid(errors);
    const bearer = await this.mappings.bearer(phone);
    if (bearer !== undefined && bearer !== contactId) throw new NumberOfAnotherContact(bearer);
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

const unknown = (field: string): FieldError => ({
  field,
  code: 'unknown',
  message: `${field} names nobody here`,
});
