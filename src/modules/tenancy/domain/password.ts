import { PasswordTooLong, PasswordTooShort } from './errors';

/** Length of a new password. The upper bound keeps hashing cheap; it holds for sign-in as well. */
export const PASSWORD_LENGTH = { min: 10, max: 200 } as const;

/** Checks a password that someone chose; length is what makes one strong (NIST SP 800-63B, 5.1.1). `field` is where it stood. */
export function checkNewPassword(password: string, field = 'password'): void {
  if (password.length < PASSWORD_LENGTH.min) throw new PasswordTooShort(field);
  if (password.length > PASSWORD_LENGTH.max) throw new PasswordTooLong(field);
}
