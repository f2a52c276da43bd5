import type { Background } from '../twilio-simulator/background';
import type { RetryPolicy } from '../twilio-simulator/settings';
import type { SignedRequest } from './signing';

/** How a webhook fared: the status of each attempt, null for one without an answer. */
export interface DeliveryResult {
  delivered: boolean;
  attempts: (number | null)[];
}

/** Posts until an attempt is answered with 200, or the retries are used up, as Meta does. Never throws. */
export async function deliver(
  { url, headers, body }: SignedRequest,
  { retries, retryDelayMs, timeoutMs }: RetryPolicy,
  background: Background,
): Promise<DeliveryResult> {
  const attempts: (number | null)[] = [];
  while (attempts.length <= retries && attempts.at(-1) !== 200 && !background.closed) {
    if (attempts.length > 0 && retryDelayMs > 0) await background.sleep(retryDelayMs);
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => null,
    );
    attempts.push(answer);
  }
  return { delivered: attempts.at(-1) === 200, attempts };
}
