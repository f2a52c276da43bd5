import type { JobFigures } from '../../db/platform.repository';
import type { ConnectionFigures, MessageDay, OrganizationFigures, WebhookDay } from './figures';

/** How an organization does, and how much it uses. */
export interface UsageView {
  readonly connections: ConnectionFigures;
  readonly messages: MessageTotals & { readonly days: readonly MessageDay[] };
  readonly webhooks: Omit<WebhookDay, 'day'> & {
    /** Of those that were worked off, how many succeeded: 0 to 1; null where there were none. */
    readonly successRate: number | null;
  };
  readonly jobs: JobFigures;
}

type MessageTotals = Omit<MessageDay, 'day'>;

function total<Key extends string>(keys: readonly Key[], days: readonly Readonly<Record<Key, number>>[]) {
  const sum = (key: Key): number => days.reduce((subtotal, day) => subtotal + day[key], 0);
  return Object.fromEntries(keys.map((key) => [key, sum(key)])) as Record<Key, number>;
}

/** Sums the days up, and says how often deliveries succeed. */
export function usageView(
  { connections, messages, webhooks }: OrganizationFigures,
  jobs: JobFigures = { waiting: 0, dead: 0, lagSeconds: 0 },
): UsageView {
  const deliveries = total(['waiting', 'processed', 'failed', 'refused'], webhooks);
  const finished = deliveries.processed + deliveries.failed;
  return {
    connections,
    messages: { ...total(['received', 'waiting', 'sent', 'delivered', 'failed'], messages), days: messages },
    webhooks: { ...deliveries, successRate: finished === 0 ? null : deliveries.processed / finished },
    jobs,
  };
}
