import type { CallReport } from '../../domain/call-report';
import type { WebhookEvent } from '../../domain/provider';
import type { IncomingWebhook } from '../incoming-webhook';
import { asksNext } from './call-urls';

/** Whether the provider asks what is done next in a call. False for what is only told: that a call goes on, and that a recording is ready. */
export function isAsking(event: WebhookEvent, report: CallReport, { request }: IncomingWebhook): boolean {
  if (event.type === 'call') return true;
  return event.type === 'call_status' && (report.key !== null || asksNext(request.url));
}
