import { Injectable } from '@nestjs/common';
import { newId, type OrgScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { checkVersion, IdempotentEffects } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { ConnectionsRepository } from '../../db/connections.repository';
import { ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedNumbers } from '../../db/shared-numbers/shared-numbers.repository';
import {
  MemberAlready,
  MemberNotFound,
  SharedNumberInUse,
  SharedNumberNotFound,
  UnknownMember,
} from '../../domain/shared-number-errors';
import { ReadSharedNumbers, type MemberView } from './read-shared-numbers.query';

const REFUSALS = {
  no_number: SharedNumberNotFound,
  no_organization: UnknownMember,
  member_already: MemberAlready,
} as const;

/** Who uses a number of the operator's, and its end. In transactions of the service role, of the organization that owns it. */
@Injectable()
export class TendSharedNumbers {
  constructor(
    private readonly database: Database,
    private readonly effects: IdempotentEffects,
    private readonly connections: ConnectionsRepository,
    private readonly numbers: SharedNumbers,
    private readonly parked: ParkedDeliveries,
    private readonly read: ReadSharedNumbers,
    private readonly clock: Clock,
  ) {}

  /** Throws `SharedNumberNotFound`, `UnknownMember` and `MemberAlready`. */
  addMember(scope: OrgScope, numberId: Uuid, organizationId: Uuid): Promise<MemberView> {
    return this.effects.once({ ...scope, pool: 'service' }, async () => {
      const member = { id: newId(), organizationId, connectionId: newId() };
      const refusal = await this.numbers.addMember(numberId, member);
      if (refusal) throw new REFUSALS[refusal]();
      return this.read.member(numberId, organizationId);
    });
  }

  /** Its connection goes; what was said over it stays. Throws `SharedNumberNotFound` and `MemberNotFound`. */
  removeMember(scope: OrgScope, numberId: Uuid, organizationId: Uuid): Promise<void> {
    return this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      await this.read.number(numberId);
      if (!(await this.numbers.removeMember(numberId, organizationId))) throw new MemberNotFound();
    });
  }

  /** Throws `SharedNumberNotFound`, `SharedNumberInUse`, and `StaleVersion` when `ifMatch` is given and not the present version. */
  remove(scope: OrgScope, numberId: Uuid, ifMatch?: number): Promise<void> {
    return this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      const version = await this.connections.lockVersion(numberId);
      await this.read.number(numberId);
      if (version !== undefined) checkVersion(version, ifMatch);
      if (await this.numbers.isInUse(numberId)) throw new SharedNumberInUse();
      await this.parked.forgetSettled(this.clock.now(), numberId);
      await this.connections.remove(numberId);
    });
  }
}
