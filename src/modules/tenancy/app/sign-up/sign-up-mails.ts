import { composeMail, mailName, type Mail } from '../../../../common/mail';
import type { SignUp } from '../../db/sign-ups.repository';

/** Asks whoever owns the address whether they want the organization. */
export function confirmationMail(
  { email, name }: SignUp,
  token: string,
  consoleUrl: string | undefined,
): Mail {
  const organization = mailName(name);
  return composeMail(email, `Confirm your sign-up: ${organization}`, [
    `Someone wants to open the organization “${organization}” with this address as its owner, and has chosen a password.`,
    'If it was you, confirm within 24 hours:',
    consoleUrl === undefined
      ? 'Send this token to POST /api/v1/auth/sign-up/confirm:'
      : { link: `${consoleUrl}/confirm-sign-up?token=${token}`, caption: 'Confirm the sign-up' },
    ...(consoleUrl === undefined ? [{ copy: token }] : []),
    'If it was not you, do not confirm it: then nothing happens.',
  ]);
}

/** Tells whoever owns the address that they are a user already. */
export function addressKnownMail({ email, name }: SignUp): Mail {
  const organization = mailName(name);
  return composeMail(email, `You have an account already: ${organization}`, [
    `Someone wants to open the organization “${organization}” with this address, which belongs to an account already.`,
    'If it was you, sign in with the password you have, and open the organization from there. If you do not know the ' +
      'password any more, ask for a new one.',
    'If it was not you, there is nothing to do.',
  ]);
}
