import type { Background } from './background';
import { isWhatsApp, withoutChannel } from './addresses';
import { twilioMessage } from './errors';
import type { Message, MessageStatus } from './model';
import type { OutboundStep, Settings } from './settings';
import { signedRequest } from './signing';
import type { Store } from './store';
import type { DeliveryResult, WebhookSender } from './webhooks';

/** States of a message that was sent. */
const REACHED: ReadonlySet<MessageStatus> = new Set(['sent', 'delivered', 'read', 'undelivered']);

/** A bad end of a message. */
export interface DeliveryFailure {
  status: 'undelivered' | 'failed';
  errorCode: number;
  errorMessage?: string;
}

/** How one outbound message goes on after it was accepted. */
export interface Course {
  /** Whether its states are reported to its StatusCallback. */
  callbacks: boolean;
  /** How often each state is reported; each report is a delivery with a token of its own. */
  copies: number;
  /** Report the states in an order that isn't theirs. */
  shuffle: boolean;
  failure?: DeliveryFailure;
}

/** Moves outbound messages through their states and reports these to the StatusCallback. */
export class Lifecycle {
  constructor(
    private readonly store: Store,
    private readonly sender: WebhookSender,
    private readonly background: Background,
    private readonly settings: () => Readonly<Settings>,
  ) {}

  /** Starts the message's course; nobody waits for it. */
  start(message: Message, course: Course): void {
    this.background.start(() => this.#run(message, course));
  }

  /** Puts a message into a state now and reports it. Answers null where it has no StatusCallback. */
  tell(message: Message, status: MessageStatus, errorCode?: number): Promise<DeliveryResult | null> {
    advance(message, status, errorCode === undefined ? undefined : { errorCode });
    return this.background.track(() => this.#report(message, statusParams(message)));
  }

  async #run(message: Message, course: Course): Promise<void> {
    const settings = this.settings();
    const reports: Record<string, string>[] = [];
    // States advance by the clock even while a receiver that is down makes its callbacks wait.
    let inOrder: Promise<unknown> = Promise.resolve();
    for (const status of steps(settings.statusSteps, course.failure)) {
      await this.background.sleep(settings.callbackDelayMs);
      advance(message, status, status === course.failure?.status ? course.failure : undefined);
      if (!course.callbacks || !settings.callbacks) continue;
      const params = statusParams(message);
      if (course.shuffle) reports.push(params);
      else inOrder = inOrder.then(() => this.#reportCopies(message, params, course.copies));
    }
    for (const params of shuffled(reports)) {
      inOrder = inOrder.then(() => this.#reportCopies(message, params, course.copies));
    }
    await inOrder;
  }

  async #reportCopies(message: Message, params: Record<string, string>, copies: number): Promise<void> {
    for (let copy = 0; copy < copies; copy++) await this.#report(message, params);
  }

  async #report(message: Message, params: Record<string, string>): Promise<DeliveryResult | null> {
    const account = this.store.findAccount(message.accountSid);
    if (message.statusCallback === null || !account) return null;
    const request = signedRequest(account.authToken, message.statusCallback, params);
    return this.sender.deliver(request, this.settings());
  }
}

/** The states on the way to the end: a `failed` message was never sent, an `undelivered` one was. */
function steps(good: readonly OutboundStep[], failure?: DeliveryFailure): MessageStatus[] {
  if (!failure) return [...good];
  const before: readonly MessageStatus[] =
    failure.status === 'failed' ? ['queued', 'sending'] : ['queued', 'sending', 'sent'];
  return [...good.filter((step) => before.includes(step)), failure.status];
}

function advance(
  message: Message,
  status: MessageStatus,
  failure?: { errorCode: number; errorMessage?: string },
): void {
  message.status = status;
  message.updatedAt = new Date();
  if (REACHED.has(status)) message.sentAt ??= message.updatedAt;
  if (!failure) return;
  message.errorCode = failure.errorCode;
  message.errorMessage = failure.errorMessage ?? twilioMessage(failure.errorCode);
}

function statusParams(message: Message): Record<string, string> {
  const params: Record<string, string> = {
    ApiVersion: '2010-04-01',
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.to,
    From: message.from,
    MessageSid: message.sid,
    AccountSid: message.accountSid,
  };
  if (message.messagingServiceSid) params.MessagingServiceSid = message.messagingServiceSid;
  if (message.errorCode !== null) params.ErrorCode = String(message.errorCode);
  if (message.errorMessage !== null) params.ErrorMessage = message.errorMessage;
  if (message.status === 'delivered' && !isWhatsApp(message.to))
    params.RawDlrDoneDate = message.updatedAt.toISOString().replace(/\D/g, '').slice(2, 12);
  if (isWhatsApp(message.to)) {
    params.ChannelPrefix = 'whatsapp';
    params.ChannelToAddress = withoutChannel(message.to);
    params.StructuredMessage = 'false';
    params.EventType = message.status.toUpperCase();
  }
  return params;
}

/** A random order, never the given one (where there is another). */
function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  if (order.length < 2) return order;
  do {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j] as T, order[i] as T];
    }
  } while (order.every((item, i) => item === items[i]));
  return order;
}
