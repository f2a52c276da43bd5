import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import twilio from 'twilio';
import { Config } from '../../../../common/config';
import { CredentialsRejected, ProviderUnavailable } from '../../domain/errors';
import {
  isProviderStatus,
  type AccountCheck,
  type InboundMessage,
  type LoggedEvent,
  type MediaAccess,
  type Provider,
  type ProviderAccount,
  type ProviderContent,
  type ProviderMessage,
  type SendOutcome,
  type SentMessage,
  type SentQuery,
  type StatusReport,
  type WebhookReading,
  type WebhookRequest,
} from '../../domain/provider';
import { twilioAddress } from './twilio-addresses';
import { accountCheckOf, outcomeOf, refusalOf } from './twilio-errors';
import { readTwilioDelivery } from './twilio-delivery';
import { twilioMediaAccess } from './twilio-media';
import { twilioInboundMessage, twilioStatusReport } from './twilio-events';
import { TwilioHttp } from './twilio-http';

/** As many as one request can fetch, and many more than one person is sent within the time that is looked at. */
const LOOK_UP_LIMIT = 200;

/** Twilio, through its own SDK. */
@Injectable()
export class TwilioProvider implements Provider, OnModuleDestroy {
  readonly name = 'twilio';
  private readonly http: TwilioHttp;

  constructor(private readonly config: Config) {
    this.http = new TwilioHttp(config.twilio.timeoutMs);
  }

  onModuleDestroy(): void {
    this.http.close();
  }

  async verifyAccount(account: ProviderAccount): Promise<AccountCheck> {
    try {
      const { status } = await this.client(account).api.v2010.accounts(account.accountId).fetch();
      return { kind: status === 'active' ? 'accepted' : 'suspended' };
    } catch (error) {
      return accountCheckOf(error);
    }
  }

  async send(account: ProviderAccount, message: ProviderMessage): Promise<SendOutcome> {
    try {
      const { sid, status } = await this.client(account).messages.create({
        from: twilioAddress(message.channel, message.from),
        to: twilioAddress(message.channel, message.to),
        statusCallback: message.statusCallback,
        ...contentOf(message),
      });
      if (!sid) return { kind: 'unknown' };
      return {
        kind: 'accepted',
        providerMessageId: sid,
        status: isProviderStatus(status) ? status : 'queued',
      };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async listSent(account: ProviderAccount, { channel, from, to, since }: SentQuery): Promise<SentMessage[]> {
    try {
      // Not filtered by DateSent: a message that waits to be sent has none, and would be missed.
      const messages = await this.client(account).messages.list({
        from: twilioAddress(channel, from),
        to: twilioAddress(channel, to),
        limit: LOOK_UP_LIMIT,
        pageSize: LOOK_UP_LIMIT,
      });
      // Twilio's times are whole seconds.
      const earliest = Math.floor(since.getTime() / 1000) * 1000;
      return messages.filter(({ dateCreated }) => dateCreated.getTime() >= earliest).map(sentMessageOf);
    } catch (error) {
      const check = accountCheckOf(error);
      throw check.kind === 'rejected'
        ? new CredentialsRejected()
        : new ProviderUnavailable(check.afterSeconds);
    }
  }

  mediaAccess(account: ProviderAccount): MediaAccess {
    return twilioMediaAccess(account, this.config.twilio.apiBaseUrl);
  }

  readDelivery(request: WebhookRequest): WebhookReading {
    return readTwilioDelivery(request);
  }

  normaliseInbound(event: LoggedEvent): InboundMessage {
    return twilioInboundMessage(event);
  }

  normaliseStatus(event: LoggedEvent): StatusReport {
    return twilioStatusReport(event);
  }

  /** Made for each call: it costs a few objects, and a cache of them would be a cache of tokens. */
  private client({ accountId, secrets }: ProviderAccount): twilio.Twilio {
    const client = twilio(accountId, secrets['authToken'] ?? '', {
      httpClient: this.http,
      // At "debug", which the SDK would take from the environment, it prints requests.
      logLevel: 'error',
    });
    client.api.baseUrl = this.config.twilio.apiBaseUrl;
    return client;
  }
}

/** A template brings its own text; a file needs none. */
function contentOf({
  body,
  mediaUrls,
  template,
}: ProviderContent): Partial<Parameters<twilio.Twilio['messages']['create']>[0]> {
  if (template)
    return { contentSid: template.contentId, contentVariables: JSON.stringify(template.variables) };
  return {
    ...(body === null ? {} : { body }),
    ...(mediaUrls.length === 0 ? {} : { mediaUrl: [...mediaUrls] }),
  };
}

interface TwilioMessage {
  readonly sid: string;
  readonly body: string | null;
  readonly status: string;
  readonly errorCode: number | null;
  readonly dateSent: Date | null;
  readonly dateCreated: Date;
}

function sentMessageOf({ sid, body, status, errorCode, dateSent, dateCreated }: TwilioMessage): SentMessage {
  return {
    providerMessageId: sid,
    body: body ?? '',
    status: isProviderStatus(status) ? status : 'queued',
    refusal: errorCode ? refusalOf(errorCode) : null,
    sentAt: dateSent ?? dateCreated,
  };
}
