import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Channels, Consent, type BarredBecause, type ConnectionSummary, type Reach } from '../../channels';
import { Tenancy } from '../../tenancy';
import { ConsentAnswers } from '../db/consent-answers.repository';
import { DispatchQueue } from '../db/dispatch-queue.repository';
import { HeldMessages } from '../db/held-messages.repository';
import { PhoneVerifications } from '../db/verification/phone-verifications.repository';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { replyRefusal, type ReplyCircumstances, type SendRefusal } from '../domain/reply-rules';
import { isWindowOpen, needsWindow } from '../domain/session-window';
import { RecipientTime } from './recipient-time';
import { SendTiming } from './send-timing';
import { TemplateContent } from './template-content';

/**
 * Asks of messages that are about to be sent whether they still may be. The answers hold until the transaction ends: consent
 * is locked, so that an opt-out that comes at the same time either is seen here, or waits for what is sent.
 */
@Injectable()
export class SendCheck {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly channels: Channels,
    private readonly consent: Consent,
    private readonly messages: MessagesRepository,
    private readonly queue: DispatchQueue,
    private readonly held: HeldMessages,
    private readonly recipients: RecipientTime,
    private readonly templates: TemplateContent,
    private readonly words: ConsentAnswers,
    private readonly codes: PhoneVerifications,
    private readonly timing: SendTiming,
  ) {}

  /** Those that may be sent now. Of the others each fails, is held, or is put off, with its reason. */
  async sort(
    connectionId: Uuid,
    messages: readonly OutgoingMessage[],
    now: Date,
  ): Promise<OutgoingMessage[]> {
    if (messages.length === 0) return [];
    const suspended = await this.tenancy.isSuspended();
    const connection = await this.channels.connection(connectionId);
    const reach = connection
      ? await this.consent.reach(addressesOf(messages), connection.channel)
      : new Map<string, Reach>();
    const sendable = await this.sendableTemplates(messages, connection);
    const isBusy = ({ to }: OutgoingMessage): boolean => reach.get(to) === 'busy';
    const answers = connection && (await this.words.answered(messages, connection.channel));
    const openCodes = await this.codes.stillOpen(messages, now);
    const mayMessage = ({ id, to, isCode, consentPurpose }: OutgoingMessage): boolean => {
      const found = reach.get(to);
      if (answers?.has(id)) return true;
      return found !== undefined && found !== 'busy' && (isCode ? found.mayAsk : found[consentPurpose]);
    };
    const barredOf = ({ to }: OutgoingMessage): BarredBecause | null => {
      const found = reach.get(to);
      return found === undefined || found === 'busy' ? null : found.barred;
    };
    const busy = messages.filter(isBusy);
    await this.queue.postpone(
      busy.map(({ id }) => id),
      new Date(now.getTime() + this.timing.busyMs),
    );
    const judged = messages
      .filter((message) => !isBusy(message))
      .map((message) => {
        const refusal = suspended
          ? SUSPENDED
          : (codeRefusal(message, openCodes) ??
            refusalOf(
              message,
              connection,
              { barred: barredOf(message), mayMessage: mayMessage(message) },
              now,
            ) ??
            templateRefusal(message, sendable));
        return { message, refusal };
      });
    await this.messages.saveAll(
      judged.flatMap(({ message: { id }, refusal }) =>
        refusal === null ? [] : [{ id, status: 'failed', providerMessageId: null, errorCode: refusal }],
      ),
    );
    return this.awake(
      judged.flatMap(({ message, refusal }) => (refusal === null ? [message] : [])),
      now,
      connection?.channel === 'voice',
    );
  }

  /** Those whom no quiet hours protect at this moment; the others' messages wait for the morning. */
  private async awake(
    messages: readonly OutgoingMessage[],
    now: Date,
    rings: boolean,
  ): Promise<OutgoingMessage[]> {
    const timed = messages.map(({ id, contactId, to, purpose, consentPurpose, sessionWindowEndsAt }) => ({
      id,
      contactId,
      address: to,
      // A call wakes people up, whatever it is about.
      purpose: rings ? ('marketing' as const) : consentPurpose,
      live: !rings && purpose !== 'bulk' && isWindowOpen(sessionWindowEndsAt, now),
    }));
    const until = await this.recipients.holdUntil(timed, now);
    await this.held.hold([...until].map(([id, at]) => ({ id, because: 'quiet_hours', until: at })));
    return messages.filter(({ id }) => !until.has(id));
  }

  /** Ids of the templates that the messages were made of and that may still be sent. */
  private async sendableTemplates(
    messages: readonly OutgoingMessage[],
    connection: ConnectionSummary | undefined,
  ): Promise<ReadonlySet<Uuid>> {
    const uses = messages.flatMap(({ template }) => template ?? []);
    return connection && uses.length > 0 ? this.templates.stillSendable(uses, connection) : new Set();
  }
}

const SUSPENDED: SendRefusal = 'organization_suspended';

const addressesOf = (messages: readonly OutgoingMessage[]): string[] => [
  ...new Set(messages.map(({ to }) => to)),
];

/** A template that was paused meanwhile goes to nobody: the provider would refuse it, and count that against the account. */
function templateRefusal({ template }: OutgoingMessage, sendable: ReadonlySet<Uuid>): SendRefusal | null {
  return template && !sendable.has(template.templateId) ? 'template_not_approved' : null;
}

/** A code that is not the newest one any more, or too old, or of a number that was given to somebody else, is of no use. */
function codeRefusal({ id, isCode }: OutgoingMessage, open: ReadonlySet<Uuid>): SendRefusal | null {
  return isCode && !open.has(id) ? 'code_over' : null;
}

function refusalOf(
  { template, sessionWindowEndsAt, connectionId }: OutgoingMessage,
  connection: ConnectionSummary | undefined,
  address: Pick<ReplyCircumstances, 'barred' | 'mayMessage'>,
  now: Date,
): SendRefusal | null {
  return replyRefusal({
    connection: connectionId === null ? undefined : connection,
    ...address,
    needsWindow: connection !== undefined && needsWindow(connection.channel, template),
    sessionWindowEndsAt,
    now,
  });
}
