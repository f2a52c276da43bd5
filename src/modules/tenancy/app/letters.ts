import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import { composeMail, mailName, type Block, type Mail } from '../../../common/mail';
import type { InvitationLetter } from '../db/invitations.repository';

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

  /** A link where there is a console; the token, and the request that takes it, where there is none. */
  private way(token: string, path: string, caption: string, request: string): Block[] {
    const { consoleUrl, http } = this.config;
    if (consoleUrl !== undefined) return [{ link: `${consoleUrl}${path}?token=${token}`, caption }];
    return [
      `${caption} with this token:`,
      { copy: token },
      `It is taken by ${request}. The requests are described, and can be tried, here:`,
      { link: `${http.publicUrl}/docs`, caption: 'Swagger UI' },
    ];
  }
}
