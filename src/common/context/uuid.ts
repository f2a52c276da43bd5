import { v7, validate } from 'uuid';

declare const uuidBrand: unique symbol;

/**
 * A checked UUID in lower-case canonical form. Only {@link asUuid} and {@link newId} produce one, so a value
 * of this type can be written into SQL text (`SET LOCAL app.org_id = '…'`) without any risk of injection.
 */
export type Uuid = string & { readonly [uuidBrand]: true };

/** True when `text` is a UUID of any version in canonical form. */
export function isUuid(text: unknown): text is Uuid {
  return typeof text === 'string' && validate(text);
}

/** Checks `text` and brands it. Throws a `TypeError` that does not repeat the value. */
export function asUuid(text: string): Uuid {
  if (!isUuid(text)) throw new TypeError('not a UUID');
  return text.toLowerCase() as Uuid;
}

/** A new time-ordered id (UUID v7). Made here and not in SQL, since `uuidv7()` exists on PostgreSQL 18 only. */
export function newId(): Uuid {
  return v7() as Uuid;
}
