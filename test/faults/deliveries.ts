import { createHash } from 'node:crypto';
import type { ReceiveInput } from '../../tools/twilio-simulator';

/** One message of a customer, as Twilio delivers it. */
export interface Delivery {
  readonly messageSid: string;
  readonly customer: string;
  readonly body: string;
}

/** What to deliver. */
export interface DeliveryPlan {
  /** All deliveries, the repeated ones included. */
  readonly total: number;
  /** How many of them repeat another one. */
  readonly repeated: number;
  readonly customers: number;
  /** Words for some of the messages, one every `every` messages. */
  readonly words?: { readonly every: number; readonly list: readonly string[] };
}

function messageOf(index: number, { customers, words }: DeliveryPlan): Delivery {
  const turn = words && index % words.every === words.every - 1 ? Math.floor(index / words.every) : undefined;
  const word = turn === undefined ? undefined : words?.list[turn % words.list.length];
  return {
    messageSid: `SM${createHash('md5').update(`delivery ${index}`).digest('hex')}`,
    customer: `+4915160${String(index % customers).padStart(6, '0')}`,
    body: word ?? `message ${index}`,
  };
}

/**
 * Deliveries in the order in which they are begun. Of the repeated ones every other follows the first at once, so that both
 * are under way together; the rest come long after.
 */
export function deliveries(plan: DeliveryPlan): Delivery[] {
  const unique = plan.total - plan.repeated;
  const firsts = Array.from({ length: unique }, (_, index) => ({ at: index, index }));
  const again = Array.from({ length: plan.repeated }, (_, repeat) => {
    const index = Math.floor((repeat * unique) / plan.repeated);
    return { at: index + (repeat % 2 ? 0.5 : unique / 5), index };
  });
  return [...firsts, ...again].sort((a, b) => a.at - b.at).map(({ index }) => messageOf(index, plan));
}

/** The first of every message. */
export function unique(all: readonly Delivery[]): Delivery[] {
  return [...new Map(all.map((delivery) => [delivery.messageSid, delivery])).values()];
}

/** What the simulator is told; it tries again for half a minute, as long as nobody answers or the answer is a 5xx. */
export function received({ messageSid, customer, body }: Delivery, number: string): ReceiveInput {
  return {
    from: `whatsapp:${customer}`,
    to: `whatsapp:${number}`,
    messageSid,
    body,
    retries: 300,
    retryDelayMs: 100,
  };
}
