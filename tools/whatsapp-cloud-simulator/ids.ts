import { randomBytes, randomInt } from 'node:crypto';

/** An id as Meta has them: fifteen digits. */
export function newId(): string {
  return `1${randomInt(10 ** 7, 10 ** 8 - 1)}${randomInt(10 ** 5, 10 ** 6 - 1)}`;
}

/** A message id as Meta has them. */
export function newWamid(): string {
  return `wamid.${randomBytes(30).toString('base64')}`;
}
