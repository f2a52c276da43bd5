import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedDeliveries, type ClaimedDelivery } from '../../db/shared-numbers/shared-deliveries.repository';
import { SharedSenders, type SharedSender } from '../../db/shared-numbers/shared-senders.repository';
import { consentKeyword } from '../../domain/consent-keywords';
import { comparedWord } from '../../domain/consent-word';
import type { InboundMessage } from '../../domain/provider';
import {
  NOBODY_KNOWN,
  possible,
  routeOf,
  sharpened,
  type Candidate,
  type SharedRoute,
} from '../../domain/shared-routing';
import { SharedQuestion } from './shared-question';

/** Finds out whose message it is that somebody wrote to a shared number, and has it worked off there, or parks it. */
@Injectable()
export class RouteSharedMessage {
  constructor(
    private readonly deliveries: SharedDeliveries,
    private readonly parked: ParkedDeliveries,
    private readonly senders: SharedSenders,
    private readonly question: SharedQuestion,
    private readonly clock: Clock,
  ) {}

  async execute(delivery: ClaimedDelivery, message: InboundMessage, startedAt: Date): Promise<void> {
    const { connectionId } = delivery;
    const { body, from, receivedAt } = message;
    const found = await this.deliveries.candidates(connectionId, from, comparedWord(body));
    const { candidates, keyword } = sharpened(possible(found), consentKeyword(message));
    const sender = candidates.length > 1 ? await this.senders.lock(connectionId, from.address) : undefined;
    const said = { body, keyword, receivedAt };
    const route = routeOf(said, candidates, sender ?? NOBODY_KNOWN, this.clock.now());
    await this.take(route, { delivery, message, startedAt, sender });
    if (keyword !== 'opt_out') return;
    // Who wants no more messages is not asked any more either.
    if (sender) await this.question.giveUp(sender);
    await this.tellOthers(candidates, route, connectionId, message);
  }

  private async take(
    route: SharedRoute,
    at: {
      readonly delivery: ClaimedDelivery;
      readonly message: InboundMessage;
      readonly startedAt: Date;
      readonly sender: SharedSender | undefined;
    },
  ): Promise<void> {
    const { delivery, message, startedAt, sender } = at;
    const { address } = message.from;
    if (route.kind === 'deliver') return this.give(delivery, route.to, address);
    if (route.kind === 'park') {
      if (sender && route.reason === 'not_answered') await this.question.giveUp(sender);
      return this.parked.park(delivery, { address, state: 'waiting', reason: route.reason });
    }
    if (!sender) throw new Error('who can be asked is one of several');
    if (route.kind === 'answered') {
      await this.question.answered(sender, route.to.orgId);
      return this.deliveries.end(delivery, startedAt, null);
    }
    await this.parked.park(delivery, { address, state: 'asked', reason: 'several_organizations' });
    if (route.kind === 'ask') await this.question.ask(sender, route.options);
  }

  /** It was a member when it was found; what it is no more is the operator's to decide. */
  private async give(delivery: ClaimedDelivery, to: Candidate, address: string): Promise<void> {
    if ((await this.deliveries.give(delivery, to.orgId)) === 'no_member')
      await this.parked.park(delivery, { address, state: 'waiting', reason: 'unknown_sender' });
  }

  /** An opt-out holds for everybody who could write over this number. */
  private async tellOthers(
    candidates: readonly Candidate[],
    route: SharedRoute,
    numberId: Uuid,
    message: InboundMessage,
  ): Promise<void> {
    const told = candidates.filter((one) => route.kind !== 'deliver' || one.orgId !== route.to.orgId);
    await this.deliveries.tellOptOut(numberId, told, message);
  }
}
