import type { Uuid } from '../../../common/context';

/** A sign of life of a person: at least one of phone and WhatsApp id is known. */
export interface ContactSighting {
  /** E.164. */
  readonly phone: string | null;
  /** WhatsApp's own id of a person who shows no number. */
  readonly whatsappId: string | null;
  /** As the person calls themselves; fills an empty name and never replaces one. */
  readonly name: string | null;
  readonly at: Date;
}

export interface FoundContact {
  readonly contactId: Uuid;
  /** False for a person who was known. */
  readonly created: boolean;
}

const MAX_NAME = 200;

/** A name as it is kept: one line, trimmed, at most 200 characters; null when nothing is left. */
export function keptName(name: string | null): string | null {
  if (name === null) return null;
  const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  // By code point: half of a surrogate pair cannot be stored.
  return Array.from(line).slice(0, MAX_NAME).join('').trimEnd() || null;
}
