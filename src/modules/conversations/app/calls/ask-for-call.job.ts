import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../../common/context';
import { CannotDecrypt } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { Log } from '../../../../common/logging';
import { Channels, CredentialsRejected } from '../../../channels';
import { OpenCalls } from '../../db/calls/open-calls.repository';

export const ASK_FOR_CALL = 'conversations.ask-for-call';

export interface AskForCallPayload extends OrgJobPayload {
  readonly callId: Uuid;
}

/** Asks the provider how a call ended. What it tells is a delivery like any other, so that what follows from the end follows once. */
@Injectable()
@JobHandler({ name: ASK_FOR_CALL, transaction: 'own' })
export class AskForCall implements HandlesJob<AskForCallPayload> {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly calls: OpenCalls,
    private readonly log: Log,
  ) {}

  async handle({ orgId, requestId, callId }: AskForCallPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const call = await this.database.runInOrg(scope, () => this.calls.find(callId));
    if (!call) return;
    try {
      await this.channels.askHowCallEnded(scope, call.connectionId, call.providerCallId);
    } catch (error) {
      // To be mended by people; the next run of the schedule asks again.
      if (!(error instanceof CredentialsRejected || error instanceof CannotDecrypt)) throw error;
      this.log.warn('a call could not be asked for: the credentials do not open its number', {
        orgId,
        connectionId: call.connectionId,
      });
    }
  }
}
