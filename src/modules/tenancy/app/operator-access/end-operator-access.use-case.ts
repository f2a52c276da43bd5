import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { OperatorAccessesRepository } from '../../db/operator-accesses.repository';
import { OperatorAccessNotFound } from '../../domain/organization-errors';
import { OperatorAccessStates } from './operator-access-states';

/** Ends an access of the operator before its time: on this instance at once, on others within a second. */
@Injectable()
export class EndOperatorAccess {
  constructor(
    private readonly database: Database,
    private readonly accesses: OperatorAccessesRepository,
    private readonly states: OperatorAccessStates,
  ) {}

  /** `scope` is that of the organization that was opened. Throws {@link OperatorAccessNotFound}. Ending twice is no error. */
  async execute(scope: OrgScope, id: Uuid): Promise<void> {
    const ended = await this.database.runInOrg(scope, () => this.accesses.end(id, scope.actor.id));
    if (!ended) throw new OperatorAccessNotFound();
    this.states.forget(id);
  }
}
