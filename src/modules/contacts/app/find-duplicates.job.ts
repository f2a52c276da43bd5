import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../common/jobs';
import { Clock } from '../../../common/time/clock';
import { DuplicatesRepository } from '../db/duplicates.repository';

export const FIND_DUPLICATES = 'contacts.find-duplicates';

/** Contacts that are compared in one transaction. */
const WINDOW = 2_000;
const FIRST = asUuid('00000000-0000-0000-0000-000000000000');

/** Looks through all contacts of an organization for pairs that may be one person, window by window. */
@Injectable()
@JobHandler({ name: FIND_DUPLICATES, transaction: 'own' })
export class FindDuplicates implements HandlesJob<OrgJobPayload> {
  constructor(
    private readonly database: Database,
    private readonly duplicates: DuplicatesRepository,
    private readonly clock: Clock,
  ) {}

  async handle({ orgId, requestId }: OrgJobPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const began = this.clock.now();
    for (let from: Uuid | undefined = FIRST; from;) {
      const after: Uuid = from;
      from = await this.database.runInOrg(scope, async () => {
        const until = await this.duplicates.step(after, WINDOW);
        if (until) await this.duplicates.find(after, until, began);
        return until;
      });
    }
    await this.database.runInOrg(scope, () => this.duplicates.forgetUnseen(began));
  }
}
