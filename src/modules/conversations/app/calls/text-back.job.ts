import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { RuleError } from '../../../../common/errors';
import { JobHandler, type HandlesJob } from '../../../../common/jobs';
import { CallsRepository } from '../../db/calls/calls.repository';
import { TEXT_BACK, TextBacks, type TextBackPayload } from './text-backs';

/** Writes to somebody whose call was missed, or notes on the call why nobody wrote. */
@Injectable()
@JobHandler({ name: TEXT_BACK, transaction: 'own' })
export class TextBack implements HandlesJob<TextBackPayload> {
  constructor(
    private readonly database: Database,
    private readonly textBacks: TextBacks,
    private readonly calls: CallsRepository,
  ) {}

  async handle({ orgId, requestId, callId }: TextBackPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    try {
      await this.database.runInOrg(scope, () => this.textBacks.write(callId));
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      const { code } = error;
      await this.database.runInOrg(scope, () => this.calls.noteTextBackRefusal(callId, code));
    }
  }
}
