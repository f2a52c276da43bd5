import { Injectable } from '@nestjs/common';
import { isUnavailable } from '../../../common/database';
import { WebhookIntake, type AcceptedWebhook } from '../db/webhook-intake.repository';

/** So many statements are under way at once; what is delivered meanwhile waits for the next one. */
const AT_ONCE = 2;
/** So many requests go into a statement at most: none waits long for the others. */
const TOGETHER = 32;

/** What a request brought, and who waits for the answer. */
interface Waiting {
  readonly webhooks: readonly AcceptedWebhook[];
  readonly resolve: (isNew: boolean[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes in what is delivered. Requests that come while the database is at work go to it together, in one statement and one
 * commit: the more a provider delivers at once, the less each delivery costs. A request alone waits for nobody.
 */
@Injectable()
export class IntakeBatches {
  private underWay = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly intake: WebhookIntake) {}

  /**
   * The events of one request, all or none. Tells of each whether it is new. Resolves once they are committed; throws what
   * the database has against these, whatever it has against those of others.
   */
  accept(webhooks: readonly AcceptedWebhook[]): Promise<boolean[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ webhooks, resolve, reject });
      this.goOn();
    });
  }

  private goOn(): void {
    if (this.underWay === AT_ONCE || this.waiting.length === 0) return;
    this.underWay++;
    void this.take(this.waiting.splice(0, TOGETHER)).finally(() => {
      this.underWay--;
      this.goOn();
    });
  }

  /** Never throws: each request is told its own. */
  private async take(requests: readonly Waiting[]): Promise<void> {
    try {
      const isNew = await this.intake.accept(requests.flatMap(({ webhooks }) => webhooks));
      let told = 0;
      for (const { webhooks, resolve } of requests) resolve(isNew.slice(told, (told += webhooks.length)));
    } catch (error) {
      // One may have spoilt it for the others. Without a database none of them fares better alone.
      if (requests.length > 1 && !isUnavailable(error))
        for (const request of requests) await this.take([request]);
      else for (const { reject } of requests) reject(error);
    }
  }
}
