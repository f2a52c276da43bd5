import type { Background } from '../twilio-simulator/background';
import type { Faults, FaultTarget } from '../twilio-simulator/faults';
import type { Message, MessageStatus } from './model';
import type { Settings } from './settings';
import type { Store } from './store';
import { statusOf, type Happening } from './webhook-bodies';
import { requestFor, type WebhookSender } from './webhooks';

/** No request of Meta's holds more. */
const BATCH_LIMIT = 1_000;

/** What becomes of messages that were accepted. */
export class Lifecycle {
  /** States that wait to be reported together, by app. */
  readonly #waiting = new Map<string, Happening[]>();

  constructor(
    private readonly store: Store,
    private readonly faults: Faults,
    private readonly sender: WebhookSender,
    private readonly background: Background,
    private readonly settings: () => Settings,
  ) {}

  /** Sets a message on its course; nobody waits for it. */
  start(message: Message, target: FaultTarget): void {
    const { statusSteps, statuses } = this.settings();
    const errorCode = this.#failureOf(message, target);
    const steps: MessageStatus[] = errorCode === null ? [...statusSteps] : ['failed'];
    const silent = this.faults.take('disableCallbacks', target) !== undefined || !statuses;
    const duplicate = this.faults.take('duplicateCallbacks', target);
    const copies = duplicate ? 1 + (duplicate.copies ?? 1) : 1;
    if (this.faults.take('shuffleCallbacks', target)) steps.reverse();
    this.background.start(async () => {
      for (const status of steps) {
        await this.background.sleep(this.settings().statusDelayMs);
        message.status = status;
        message.errorCode = errorCode;
        if (silent || this.store.account(message.accountId).webhookUrl === null) continue;
        for (let copy = 0; copy < copies; copy++) await this.#report(message, status);
      }
    });
  }

  #failureOf(message: Message, target: FaultTarget): number | null {
    const planted = this.faults.take('failDelivery', target);
    if (planted) return planted.errorCode;
    const isFree = message.type !== 'template';
    const isLate = this.settings().window && isFree && !this.store.withinWindow(message.numberId, message.to);
    return isLate ? 131047 : null;
  }

  async #report(message: Message, status: MessageStatus): Promise<void> {
    const number = this.store.number(message.numberId);
    const happening = { number, status: statusOf(message, status, message.errorCode) };
    const { batchMs } = this.settings();
    if (batchMs > 0) this.#gather(this.store.account(message.accountId).appId, happening, batchMs);
    else await this.#post([happening]);
  }

  #gather(appId: string, happening: Happening, batchMs: number): void {
    const waiting = this.#waiting.get(appId);
    waiting?.push(happening);
    if (waiting) return;
    this.#waiting.set(appId, [happening]);
    this.background.start(async () => {
      await this.background.sleep(batchMs);
      const gathered = this.#waiting.get(appId) ?? [];
      this.#waiting.delete(appId);
      for (let at = 0; at < gathered.length; at += BATCH_LIMIT)
        await this.#post(gathered.slice(at, at + BATCH_LIMIT));
    });
  }

  async #post(happenings: readonly Happening[]): Promise<void> {
    await this.sender.deliver(requestFor(this.store, happenings), this.settings());
  }
}
