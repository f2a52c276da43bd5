import { SetMetadata } from '@nestjs/common';

/** Metadata key under which holders of personal data are found. */
export const HOLDS_CONTACT_DATA = 'frontdesk:holds-contact-data';

export interface HoldsContactDataOptions {
  /** The tables it answers for. */
  readonly tables: readonly string[];
  /** How far up the stairs the module stands: the highest comes first, since locks are taken downwards. */
  readonly stair: number;
}

/** Marks an injectable class as a `ContactDataHolder`. */
export const HoldsContactData = (options: HoldsContactDataOptions): ClassDecorator =>
  SetMetadata(HOLDS_CONTACT_DATA, options);
