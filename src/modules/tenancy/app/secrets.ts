import { randomBytes, randomInt } from 'node:crypto';

const PREFIX_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** 256 random bits, 43 characters: nothing that is worth guessing, so a plain SHA-256 keeps it. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** 12 random lower-case letters and digits: 62 bits. */
export function randomPrefix(): string {
  return Array.from({ length: 12 }, () => PREFIX_ALPHABET[randomInt(PREFIX_ALPHABET.length)]).join('');
}
