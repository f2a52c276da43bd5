import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedDeliveries, type ClaimedDelivery } from '../../db/shared-numbers/shared-deliveries.repository';
import { SharedSenders, type SharedSender } from '../../db/shared-numbers/shared-senders.repository';
import type { ConsentAction } from '../../domain/consent';
import { consentKeyword } from '../../domain/consent-keywords';
import { comparedWord } from '../../domain/consent-word';
import type { InboundMessage } from '../../domain/provider';
import {
  NOBODY_KNOWN,
  possible,
  reopened,
  routeOf,
  sharpened,
  type Candidate,
  type SharedRoute,
} from '../../domain/shared-routing';
import { SharedQuestion } from './shared-question';

/** A word about consent that those hear of who do not get the message. */
interface ToldOthers {
  readonly action: ConsentAction;
  readonly told: readonly Candidate[];
  readonly route: SharedRoute;
  readonly numberId: Uuid;
  readonly message: InboundMessage;
}

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

  /** One that nobody vouches for, since the number observes, opts nobody in. */
  async execute(
    delivery: ClaimedDelivery,
    message: InboundMessage,
    { startedAt, isVouchedFor }: { readonly startedAt: Date; readonly isVouchedFor: boolean },
  ): Promise<void> {
    const { connectionId } = delivery;
    const { body, from, receivedAt } = message;
    const found = await this.deliveries.candidates(connectionId, from, comparedWord(body));
    const word = consentKeyword(message);
    const believed = isVouchedFor || word !== 'opt_in' ? word : null;
    const { candidates, keyword } = sharpened(possible(found), believed);
    const sender = await this.sender(connectionId, from.address, candidates);
    const said = { body, keyword, receivedAt };
    const route = routeOf(said, candidates, sender ?? NOBODY_KNOWN, this.clock.now());
    await this.take(route, { delivery, message, startedAt, sender });
    if (keyword === 'opt_out') {
      // Who wants no more messages is not asked any more either.
      if (sender) await this.question.giveUp(sender);
      await this.tellOthers({ action: keyword, told: candidates, route, numberId: connectionId, message });
    }
    const told = reopened(keyword, candidates);
    await this.tellOthers({ action: 'opt_in', told, route, numberId: connectionId, message });
  }

  /** Of one alone it matters what they were asked while there were several. */
  private sender(
    connectionId: Uuid,
    address: string,
    candidates: readonly Candidate[],
  ): Promise<SharedSender | undefined> {
    return candidates.length > 1
      ? this.senders.lock(connectionId, address)
      : this.senders.lockKnown(connectionId, address);
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
    if (route.kind === 'ask') await this.question.ask(sender, route.options, message.to);
  }

  /** It was a member when it was found; what it is no more is the operator's to decide. */
  private async give(delivery: ClaimedDelivery, to: Candidate, address: string): Promise<void> {
    if ((await this.deliveries.give(delivery, to.orgId)) === 'no_member')
      await this.parked.park(delivery, { address, state: 'waiting', reason: 'unknown_sender' });
  }

  /** What is said over the number holds for everybody who could write over it. */
  private async tellOthers({ action, told, route, numberId, message }: ToldOthers): Promise<void> {
    const others = told.filter((one) => route.kind !== 'deliver' || one.orgId !== route.to.orgId);
    await this.deliveries.tell(numberId, others, {
      ...{ from: message.from, action, purpose: 'transactional', source: 'keyword' },
      ...{ messageId: message.providerMessageId, saidAt: message.receivedAt },
    });
  }
}
