import type { Background } from '../twilio-simulator/background';
import { SimulatorInputError } from '../twilio-simulator/errors';
import type { RetryPolicy } from '../twilio-simulator/settings';
import type { Account } from './model';
import { signedRequest, type SignedRequest } from './signing';
import type { Store } from './store';
import { webhookBody, type Happening } from './webhook-bodies';

/** How a webhook fared: the status of each attempt, null for one without an answer. */
export interface DeliveryResult {
  delivered: boolean;
  attempts: (number | null)[];
}

/**
 * The request that tells of all of these.
 * @throws SimulatorInputError when they are of several apps, or nobody is told
 */
export function requestFor(store: Store, happenings: readonly Happening[]): SignedRequest {
  const accounts = happenings.map(({ number }) => store.account(number.accountId));
  const [first] = accounts;
  if (!first || accounts.some(({ appId }) => appId !== first.appId)) {
    throw new SimulatorInputError('one request tells of the WABAs of one app');
  }
  return signedFor(first, webhookBody(happenings));
}

/** @throws SimulatorInputError when nobody is told */
export function signedFor({ id, appSecret, webhookUrl }: Account, body: unknown): SignedRequest {
  if (webhookUrl === null) throw new SimulatorInputError(`account ${id} has no webhookUrl`);
  return signedRequest(appSecret, webhookUrl, body);
}

/** Posts webhooks. */
export class WebhookSender {
  constructor(private readonly background: Background) {}

  /** Posts until an attempt is answered with 200, or the retries are used up, as Meta does. Never throws. */
  deliver(request: SignedRequest, policy: RetryPolicy): Promise<DeliveryResult> {
    return this.background.track(async () => {
      const attempts: (number | null)[] = [];
      while (attempts.length <= policy.retries && attempts.at(-1) !== 200 && !this.background.closed) {
        if (attempts.length > 0) await this.#pause(policy.retryDelayMs);
        attempts.push(await post(request, policy.timeoutMs));
      }
      return { delivered: attempts.at(-1) === 200, attempts };
    });
  }

  async #pause(ms: number): Promise<void> {
    // Closed meanwhile: the loop ends by itself.
    await this.background.sleep(ms).catch(() => undefined);
  }
}

async function post({ url, headers, body }: SignedRequest, timeoutMs: number): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}
