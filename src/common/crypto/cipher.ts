import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Unavailable } from '../errors';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The text was changed, moved to another place, or sealed by another key. Who asks is told no more than that it does not work
 * now: the key may have been taken out by mistake, and a provider's delivery comes again.
 */
export class CannotDecrypt extends Unavailable {
  readonly code = 'secret_unreadable';
  constructor() {
    super('A stored secret cannot be read at the moment.');
  }
}

/** AES-256-GCM: nonce, ciphertext and tag in base64url, bound to `context`. A key seals far fewer than 2^32 texts. */
export function encrypt(key: Buffer, context: string, plaintext: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(context),
  );
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** Undoes {@link encrypt}. Throws {@link CannotDecrypt}; a tag that was cut short is refused, which Node by itself would not. */
export function decrypt(key: Buffer, context: string, sealed: string): Buffer {
  const data = Buffer.from(sealed, 'base64url');
  if (data.length < NONCE_BYTES + TAG_BYTES) throw new CannotDecrypt();
  try {
    const decipher = createDecipheriv(ALGORITHM, key, data.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(context))
      .setAuthTag(data.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new CannotDecrypt();
  }
}
