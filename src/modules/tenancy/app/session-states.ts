import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { SessionsRepository, type SessionStateRow } from '../db/sessions.repository';
import { OrganizationSuspended, SessionEnded } from '../domain/errors';
import type { Standing } from '../domain/roles';
import type { AccessClaims } from './access-tokens';
import { ShortMemory } from './short-memory';

/**
 * What access tokens are worth now, at most a second old: a revoked session, a user who left and a changed role take
 * effect within that second, and on this instance at once.
 */
@Injectable()
export class SessionStates {
  private readonly memory = new ShortMemory<SessionStateRow | undefined>(10_000);

  constructor(private readonly sessions: SessionsRepository) {}

  /** What the user is there now. Throws {@link SessionEnded} and {@link OrganizationSuspended}. */
  async standing({ sessionId, userId, orgId }: AccessClaims): Promise<Standing> {
    const state = await this.memory.get(`${sessionId}:${orgId}`, () => this.sessions.state(sessionId, orgId));
    if (!state?.alive || state.user_id !== userId || state.role === null) throw new SessionEnded();
    if (state.org_status !== 'active') throw new OrganizationSuspended();
    return { role: state.role, isPlatformOwner: state.org_is_platform_owner ?? false };
  }

  /**
   * Whatever is remembered of a session, in any organization. To be called after the change is committed: earlier,
   * another request would bring the old state back.
   */
  forget(sessionId: Uuid): void {
    this.memory.forgetAll(`${sessionId}:`);
  }
}
