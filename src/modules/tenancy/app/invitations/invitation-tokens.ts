import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../../common/context';
import { constantTimeEqual, sha256 } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { InvitationsRepository, type PresentedInvitation } from '../../db/invitations.repository';
import { InvitationNotValid } from '../../domain/invitation-errors';
import { parseMailedToken } from '../mailed-token';

/** A token that was right a moment ago. */
export interface FoundInvitation {
  readonly orgId: Uuid;
  readonly invitation: PresentedInvitation;
  readonly secret: string;
}

/** Which invitation a token opens. The token names the organization: nothing is looked for in all of them. */
@Injectable()
export class InvitationTokens {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
  ) {}

  /** Throws {@link InvitationNotValid} whatever is wrong. */
  async find(token: string): Promise<FoundInvitation> {
    const parsed = parseMailedToken('fdi', token);
    const [orgId, id] = parsed?.ids ?? [];
    if (!parsed || !orgId || !id) throw new InvitationNotValid();
    const { secret } = parsed;
    const row = await this.database.runInOrg({ ...systemScope(orgId), readOnly: true }, () =>
      this.invitations.presented(id),
    );
    return { orgId, invitation: usable(row, secret), secret };
  }

  /** The same once more, in the transaction that uses it up: of many at once one comes first. */
  async lock({ invitation: { id }, secret }: FoundInvitation): Promise<PresentedInvitation> {
    return usable(await this.invitations.presented(id, 'FOR UPDATE'), secret);
  }
}

function usable(row: PresentedInvitation | undefined, secret: string): PresentedInvitation {
  // Compared in any case, so that time tells no more than the answer does.
  const isRight = constantTimeEqual(row?.tokenHash ?? '', sha256(secret));
  if (!row || !isRight || row.state !== 'open') throw new InvitationNotValid();
  return row;
}
