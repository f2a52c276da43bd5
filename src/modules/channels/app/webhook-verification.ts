import { Injectable } from '@nestjs/common';
import { Allowances } from '../../../common/time/allowance';
import type { WebhookDelivery, WebhookEvent } from '../domain/provider';
import {
  AmbiguousWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  type WebhookVerdict,
} from '../domain/webhook-errors';
import { ConnectionDirectory, type KnownConnection, type Wanted } from './connection-directory';
import type { IncomingWebhook } from './incoming-webhook';

/** Of what nobody vouches for, a connection that observes takes in so much in this process; the rest is refused as ever. */
const OBSERVED = { size: 600, perMinute: 600 };

/** An event that is taken in for a connection. */
export interface TrustedEvent {
  readonly event: WebhookEvent;
  readonly connection: KnownConnection;
  /** What a connection that observes has against its signature, and takes it in all the same; null of a verified one. */
  readonly verdict: WebhookVerdict | null;
}

/** An event that is not, and why. */
export interface DistrustedEvent {
  readonly event: WebhookEvent;
  readonly connection?: KnownConnection;
  readonly outcome: 'forged' | 'unknown';
  readonly error: Error & { readonly code: WebhookVerdict };
  /** What it would be answered alone. */
  readonly status: 403 | 404;
}

type Trust = Omit<TrustedEvent, 'event'>;
type Judgement = Trust | Omit<DistrustedEvent, 'event'>;

/** What can be believed of a delivery. */
export interface Verdict {
  readonly trusted: readonly TrustedEvent[];
  readonly distrusted: readonly DistrustedEvent[];
}

/**
 * Decides which events of a request are the provider's to a connection: each is asked of its own connection, with that one's
 * secrets. A connection that is switched off takes in like the others: a person who opts out meanwhile must have opted out when
 * it is switched on again.
 */
@Injectable()
export class WebhookVerification {
  private readonly observed = new Allowances(OBSERVED);

  constructor(private readonly directory: ConnectionDirectory) {}

  async verify(webhook: IncomingWebhook, delivery: WebhookDelivery): Promise<Verdict> {
    const trusted: TrustedEvent[] = [];
    const distrusted: DistrustedEvent[] = [];
    for (const events of byNumber(delivery.events)) {
      const judges = await this.judgesOf(webhook, delivery, events[0]);
      for (const event of events)
        for (const judge of judges) {
          const taken = 'error' in judge ? this.observedAs(judge) : judge;
          if (taken) trusted.push({ event, ...taken });
          else distrusted.push({ event, ...(judge as Omit<DistrustedEvent, 'event'>) });
        }
    }
    return { trusted, distrusted };
  }

  /** How one event is taken in that is not signed for; undefined when it is not. Each takes one: a request can hold a thousand. */
  private observedAs({
    connection,
    error,
  }: Omit<DistrustedEvent, 'event'>): Omit<TrustedEvent, 'event'> | undefined {
    const isTaken = connection?.observes === true && this.observed.take(connection.id);
    return isTaken ? { connection, verdict: error.code } : undefined;
  }

  /**
   * One, but of an event that is about an account: that concerns each organization which has connected it. Which of several
   * apps told is known by whose secret fits.
   */
  private async judgesOf(
    webhook: IncomingWebhook,
    delivery: WebhookDelivery,
    event: WebhookEvent,
  ): Promise<Judgement[]> {
    const isOfNumber = event.numberId !== null || event.address !== null;
    if (isOfNumber || webhook.connectionId !== null) return [await this.judge(webhook, delivery, event)];
    const connections = await this.directory.ofAccount(webhook.endpoint, event.accountId);
    const judged: Judgement[] = [];
    for (const connectionId of connections)
      judged.push(await this.judge({ ...webhook, connectionId }, delivery, event));
    const trusted = judged.filter((one): one is Trust => !('error' in one));
    const first = judged[0] ?? (await this.judge(webhook, delivery, event));
    return trusted.length > 0 ? onePerOrganization(trusted) : [first];
  }

  /** What holds of all events of one number in one request. */
  private async judge(
    { endpoint, connectionId: id }: IncomingWebhook,
    delivery: WebhookDelivery,
    event: WebhookEvent,
  ): Promise<Judgement> {
    const { address, numberId, accountId } = event;
    const wanted: Wanted = { endpoint, address, numberId, accountId, id };
    const found = await this.directory.find(wanted);
    if (!found || !isMeant(found, event))
      return { outcome: 'unknown', error: new WebhookNotConnected(), status: 404 };
    const { connection, isSigned } = await this.signer(wanted, found, delivery);
    if (isSigned && delivery.isUnambiguous()) return { connection, verdict: null };
    const error = isSigned ? new AmbiguousWebhook() : new WebhookSignatureInvalid();
    return { connection, outcome: 'forged', error, status: 403 };
  }

  /**
   * The connection as it is when the signature fits it, or when none does. A secret that was exchanged a moment ago may not be
   * the one that is known here, so before a signature is called wrong the connection is looked up again, once.
   */
  private async signer(
    wanted: Wanted,
    found: KnownConnection,
    delivery: WebhookDelivery,
  ): Promise<{ connection: KnownConnection; isSigned: boolean }> {
    if (isSignedFor(delivery, found)) return { connection: found, isSigned: true };
    const connection = (await this.directory.find(wanted, { afresh: true })) ?? found;
    return { connection, isSigned: isSignedFor(delivery, connection) };
  }
}

/** With its secret, or with the one that it replaced of late. */
function isSignedFor(delivery: WebhookDelivery, { accounts }: KnownConnection): boolean {
  return accounts.some((account) => delivery.isSignedWith(account));
}

/** The connection that was found is the one that the event speaks of. */
function isMeant(connection: KnownConnection, event: WebhookEvent): boolean {
  if (connection.accountId !== event.accountId) return false;
  if (event.numberId !== null && connection.numberId !== null) return connection.numberId === event.numberId;
  return event.address === null || connection.address === event.address;
}

/** The first of each. */
function onePerOrganization(trusted: readonly Trust[]): Trust[] {
  const byOrg = new Map<string, Trust>();
  for (const one of trusted) if (!byOrg.has(one.connection.orgId)) byOrg.set(one.connection.orgId, one);
  return [...byOrg.values()];
}

/** Most requests hold one event. */
function byNumber(events: WebhookDelivery['events']): [WebhookEvent, ...WebhookEvent[]][] {
  const groups = new Map<string, [WebhookEvent, ...WebhookEvent[]]>();
  for (const event of events) {
    const name = `${event.accountId}|${event.numberId ?? ''}|${event.address ?? ''}`;
    const group = groups.get(name);
    if (group) group.push(event);
    else groups.set(name, [event]);
  }
  return [...groups.values()];
}

/** What a request is answered of which nothing, or a part, is trusted: what is forged is told before what is unknown. */
export function worst(distrusted: readonly DistrustedEvent[]): Error {
  const forged = distrusted.find(({ outcome }) => outcome === 'forged');
  return (forged ?? distrusted[0])?.error ?? new WebhookNotConnected();
}

/** News of an account or a number that nobody has connected: a provider that is refused would go on telling for days. */
export function concernsNobody({ outcome, event: { type } }: DistrustedEvent): boolean {
  return outcome === 'unknown' && (type === 'template' || type === 'notice');
}
