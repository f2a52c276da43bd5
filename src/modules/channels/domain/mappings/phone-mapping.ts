import type { Uuid } from '../../../../common/context';
import type { FieldError } from '../../../../common/errors';
import type { Channel } from '../channel';
import type { ConsentPurpose } from '../consent';

/**
 * `suspended`: a member wants nothing sent there. `invalid`: a provider said that nobody can be reached there on a channel, on
 * which nothing more is sent.
 */
export const MAPPING_STATUSES = ['active', 'suspended', 'invalid'] as const;
export type MappingStatus = (typeof MAPPING_STATUSES)[number];

/** Why nothing is sent to an address, whatever its person consented to. */
export type BarredBecause = Exclude<MappingStatus, 'active'>;

/** What the person wants on a channel, for a purpose. */
export interface MappingConsent {
  readonly channel: Channel;
  readonly purpose: ConsentPurpose;
  readonly optedIn: boolean;
  readonly optedInAt: Date | null;
  readonly optedOutAt: Date | null;
}

/** A mapping as members see it. */
export interface PhoneMapping {
  readonly id: Uuid;
  /** E.164, or WhatsApp's id of a person who shows no number. */
  readonly phone: string;
  readonly countryCode: string | null;
  readonly contactId: Uuid | null;
  readonly userId: Uuid | null;
  readonly status: MappingStatus;
  /** Where a provider said that nobody can be reached. */
  readonly unreachableOn: Channel[];
  readonly isVerified: boolean;
  readonly verifiedAt: Date | null;
  /** Where the person wrote. */
  readonly channels: Channel[];
  readonly primaryChannel: Channel | null;
  readonly consent: MappingConsent[];
  readonly lastMessageAt: Date | null;
  readonly messageCount: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly notes: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What members say of a mapping. */
export interface MappingValues {
  readonly contactId: Uuid | null;
  readonly userId: Uuid | null;
  readonly primaryChannel: Channel | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly notes: string | null;
}

export const MAX_METADATA_KEYS = 50;
export const MAX_METADATA_BYTES = 8_192;
const KEY = /^[A-Za-z0-9_.-]{1,64}$/;

/** All that is wrong with metadata: keys and values of somebody else's, which this program only keeps. */
export function metadataErrors(metadata: Readonly<Record<string, unknown>>): FieldError[] {
  const keys = Object.keys(metadata);
  const wrong = keys.filter((key) => !KEY.test(key));
  const errors: FieldError[] =
    wrong.length === 0 ? [] : [error('key', 'a key has 1 to 64 letters, figures, _, . or -')];
  if (keys.length > MAX_METADATA_KEYS) errors.push(error('too_many', `at most ${MAX_METADATA_KEYS} keys`));
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES)
    errors.push(error('too_large', `at most ${MAX_METADATA_BYTES} bytes as JSON`));
  if (Object.values(metadata).some((value) => value !== null && typeof value === 'object'))
    errors.push(error('nested', 'values are texts, numbers, booleans or null'));
  return errors;
}

const error = (code: string, message: string): FieldError => ({
  field: 'metadata',
  code,
  message: `metadata: ${message}`,
});
