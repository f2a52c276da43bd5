import { Injectable } from '@nestjs/common';
import { newId, requestContext, type Uuid } from '../../../common/context';
import { sha256 } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { PeopleRepository } from '../db/people.repository';
import { SessionsRepository } from '../db/sessions.repository';
import type { Proven } from './check-password';
import { SessionLifetime } from './session-lifetime';

/** Where a sign-in came from, as far as it can be stored. */
export interface Origin {
  readonly ipAddress: string | undefined;
  readonly userAgent: string | undefined;
}

/** Stores sessions of people who proved who they are. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly sessions: SessionsRepository,
    private readonly lifetime: SessionLifetime,
    private readonly audit: AuditTrail,
  ) {}

  /** Returns the session's id. Of the refresh token its SHA-256 is kept. */
  async open({ user, membership: { orgId } }: Proven, refreshToken: string, origin: Origin): Promise<Uuid> {
    const id = newId();
    const actor = { type: 'user', id: user.id } as const;
    const requestId = requestContext()?.requestId ?? newId();
    const { ipAddress } = origin;
    const userAgent = origin.userAgent?.slice(0, 300) ?? null;
    const session = { id, userId: user.id, orgId, ipAddress: ipAddress ?? null, userAgent };
    await this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, async () => {
      await this.sessions.insert({ ...session, expiresAt: this.lifetime.end() }, sha256(refreshToken));
      await this.people.noteSignIn(user.id);
      await this.audit.record({
        eventType: 'tenancy.sign-in',
        operation: 'SIGN_IN',
        tableName: 'auth_sessions',
        recordId: id,
        orgId,
        actor,
        ...(ipAddress === undefined ? {} : { ipAddress }),
      });
    });
    return id;
  }
}
