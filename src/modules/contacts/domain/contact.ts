import type { Uuid } from '../../../common/context';
import { LIMITS } from './contact-values';
import { asLine } from './text';

/** A sign of life of a person: at least one of phone and WhatsApp id is known. */
export interface ContactSighting {
  /** E.164. */
  readonly phone: string | null;
  /** WhatsApp's own id of a person who shows no number. */
  readonly whatsappId: string | null;
  /** As the person calls themselves; fills an empty name and never replaces one. */
  readonly name: string | null;
  readonly at: Date;
  /** Who is known to be reached at this address although the contact bears another one; asked again when it may have changed. */
  readonly knownAs?: () => Promise<Uuid | undefined>;
}

export interface FoundContact {
  readonly contactId: Uuid;
  /** False for a person who was known. */
  readonly created: boolean;
}

/** A name as it is kept: one line, trimmed, at most 200 characters; null when nothing is left. */
export function keptName(name: string | null): string | null {
  // By code point: half of a surrogate pair cannot be stored.
  return (
    Array.from(asLine(name ?? ''))
      .slice(0, LIMITS.name)
      .join('')
      .trimEnd() || null
  );
}
