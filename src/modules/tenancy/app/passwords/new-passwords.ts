import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import { AuditTrail } from '../../../audit';
import { PasswordResetsRepository } from '../../db/password-resets.repository';
import { PeopleRepository } from '../../db/people.repository';
import { SessionsRepository } from '../../db/sessions.repository';
import { TELL_PASSWORD_CHANGED } from './tell-password-changed.job';

/** A password that is about to replace another. */
export interface NewPassword {
  readonly userId: Uuid;
  readonly passwordHash: string;
  /** The session that goes on. */
  readonly exceptId?: Uuid;
  /** Whose trail tells of it; null where no organization is at hand. */
  readonly orgId: Uuid | null;
  readonly actor: Actor;
  readonly way: 'password' | 'reset';
  readonly ipAddress: string | undefined;
}

/** Replaces passwords: ends sessions, makes open resets useless, tells the person and the trail. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly people: PeopleRepository,
    private readonly sessions: SessionsRepository,
    private readonly resets: PasswordResetsRepository,
    private readonly queue: JobQueue,
    private readonly audit: AuditTrail,
  ) {}

  /** In the transaction at hand. Returns the sessions that ended, to be forgotten once it is committed. */
  async set({ userId, passwordHash, exceptId, orgId, actor, way, ipAddress }: NewPassword): Promise<Uuid[]> {
    await this.people.changePassword(userId, passwordHash);
    await this.resets.useUp(userId);
    const ended = await this.sessions.revokeAll(userId, exceptId === undefined ? {} : { exceptId });
    await this.queue.enqueue(TELL_PASSWORD_CHANGED, { userId });
    await this.audit.record({
      eventType: 'tenancy.password-changed',
      operation: 'UPDATE',
      tableName: 'users',
      recordId: userId,
      orgId,
      actor,
      new: { way },
      ...(ipAddress === undefined ? {} : { ipAddress }),
    });
    return ended;
  }
}
