import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import { composeMail, mailName, type Block, type Mail } from '../../../common/mail';
import type { InvitationLetter } from '../db/invitations.repository';
import type { SignUpLetter } from '../db/sign-ups.repository';

const day = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What the mails of this module say. Names are what people wrote: one line each, and never markup. */
@Injectable()
export class Letters {
  constructor(private readonly config: Config) {}

  invitation({ email, role, expiresAt, orgName, inviter }: InvitationLetter, token: string): Mail {
    const organization = mailName(orgName);
    const by = mailName(inviter ?? '');
    return composeMail(email, `Invitation to ${organization}`, [
      `${by === '' ? 'You are invited' : `${by} invites you`} to join ${organization} on Frontdesk as ${role}.`,
      ...this.way(token, '/accept-invitation', 'Accept the invitation', 'POST /api/v1/invitations/accept'),
      `The invitation can be accepted once, until ${day(expiresAt)}. If you do not know who sent it, ignore this mail.`,
    ]);
  }

  confirmSignUp({ email, name }: SignUpLetter, token: string): Mail {
    const organization = mailName(name);
    return composeMail(email, `Confirm your sign-up: ${organization}`, [
      `Someone, probably you, wants to open the organization “${organization}” on Frontdesk with this address as its owner.`,
      ...this.way(
        token,
        '/confirm-sign-up',
        'Confirm, and choose your password',
        'POST /api/v1/auth/sign-up/confirm',
      ),
      'This works once, within 24 hours. If it was not you, ignore this mail: then nothing happens.',
    ]);
  }

  /** For someone who is a user already. */
  addressKnown({ email, name }: SignUpLetter): Mail {
    const organization = mailName(name);
    return composeMail(email, `You have an account already: ${organization}`, [
      `Someone wants to open the organization “${organization}” with this address, which belongs to an account already.`,
      'If it was you, sign in with the password you have, and open the organization from there. If you do not know the ' +
        'password any more, ask for a new one.',
      'If it was not you, there is nothing to do.',
    ]);
  }

  passwordReset(email: string, token: string): Mail {
    return composeMail(email, 'A new password for Frontdesk', [
      'Someone, probably you, asked for a new password for this address.',
      ...this.way(
        token,
        '/reset-password',
        'Choose a new password',
        'POST /api/v1/auth/password-reset/confirm',
      ),
      'This works once, within an hour. If it was not you, ignore this mail: your password stays as it is.',
    ]);
  }

  /** For people whom an identity provider vouches for: a password here would let them in past it. */
  noPassword(email: string): Mail {
    return composeMail(email, 'Signing in to Frontdesk', [
      'Someone, probably you, asked for a new password for this address.',
      'There is none: you sign in through the identity provider of your organization. Its administrators can help.',
    ]);
  }

  passwordChanged(email: string): Mail {
    return composeMail(email, 'Your Frontdesk password was changed', [
      'The password of this address was changed, and its other sessions were ended.',
      'If it was not you, ask for a new password at once, and tell the owner of your organization.',
    ]);
  }

  /**
   * A link where there is a console: behind `#`, the token reaches no server, no log and no `Referer`. The token, and the request that takes it, where there is none.
   */
  private way(token: string, path: string, caption: string, request: string): Block[] {
    const { consoleUrl, http } = this.config;
    if (consoleUrl !== undefined) return [{ link: `${consoleUrl}${path}#token=${token}`, caption }];
    return [
      `${caption} with this token:`,
      { copy: token },
      `It is taken by ${request}. The requests are described, and can be tried, here:`,
      { link: `${http.publicUrl}/docs`, caption: 'Swagger UI' },
    ];
  }
}
