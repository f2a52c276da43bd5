import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { OperatorAccessesRepository, type OperatorAccessState } from '../../db/operator-accesses.repository';
import { OrganizationSuspended, SessionEnded } from '../../domain/errors';
import { permissionsOf } from '../../domain/roles';
import type { AccessClaims } from '../access-tokens';
import { ShortMemory } from '../short-memory';

/**
 * What operators' tokens for other organizations are worth now, at most a second old. An access does not outlive the session
 * that opened it, nor its user's right to operate the installation.
 */
@Injectable()
export class OperatorAccessStates {
  private readonly memory = new ShortMemory<OperatorAccessState | undefined>(1_000);

  constructor(private readonly accesses: OperatorAccessesRepository) {}

  /** Throws {@link SessionEnded} and {@link OrganizationSuspended}. */
  async demandOpen({ sessionId, orgId, userId }: AccessClaims, accessId: Uuid): Promise<void> {
    const state = await this.memory.get(`${accessId}:${sessionId}`, () =>
      this.accesses.state(sessionId, orgId, accessId),
    );
    if (!state?.isSignedIn || state.userId !== userId || !state.isOpen || state.role === null)
      throw new SessionEnded();
    if (!permissionsOf(state.role, true).has('platform.operate')) throw new SessionEnded();
    if (state.orgStatus !== 'active') throw new OrganizationSuspended();
  }

  /** To be called after the change is committed: earlier, another request would bring the old state back. */
  forget(accessId: Uuid): void {
    this.memory.forgetAll(`${accessId}:`);
  }
}
