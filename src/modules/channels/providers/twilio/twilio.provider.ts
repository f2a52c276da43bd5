import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import twilio from 'twilio';
import { Config } from '../../../../common/config';
import type { Channel } from '../../domain/channel';
import { CredentialsRejected, ProviderUnavailable } from '../../domain/errors';
import {
  isProviderStatus,
  type AccountCheck,
  type InboundMessage,
  type LoggedEvent,
  type MediaAccess,
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
import type { DeliveryList, ListingProvider } from '../../domain/delivery-list';
import type { CallCarrier } from '../../domain/call-carrier';
import type { ProviderTemplateListing } from '../../domain/provider-template';
import type { WebhookEndpoint } from '../../domain/webhook-endpoint';
import { twilioAddress } from './twilio-addresses';
import { listTwilioContents } from './twilio-contents';
import { listTwilioDeliveries } from './twilio-deliveries';
import { accountCheckOf, outcomeOf, refusalOf } from './twilio-errors';
import { readTwilioCall } from './twilio-call-delivery';
import { endOfTwilioCall, listTwilioCallDeliveries } from './twilio-call-list';
import { createTwilioCall, deleteTwilioRecording, listTwilioCalls } from './twilio-call-requests';
import { twilioCallReport } from './twilio-calls';
import { readTwilioDelivery } from './twilio-delivery';
import { locateTwilioMedia, twilioMediaAccess } from './twilio-media';
import { twilioInboundMessage, twilioStatusReport } from './twilio-events';
import { TwilioHttp } from './twilio-http';
import { twilioTwiml } from './twilio-twiml';

/** What a message comes from. */
type Route = Pick<ProviderMessage, 'channel' | 'from' | 'fromNumberId' | 'replyFrom'>;

/** The number is none of the Messaging Service: it left the pool since the person wrote to it. */
const NOT_IN_SERVICE = 21711;

/** As many as one request can fetch, and many more than one person is sent within the time that is looked at. */
const LOOK_UP_LIMIT = 200;

/** Twilio, through its own SDK. */
@Injectable()
export class TwilioProvider implements ListingProvider, OnApplicationShutdown {
  readonly name = 'twilio';
  readonly deliveries: DeliveryList = {
    page: async (account, query) => {
      const list = query.channel === 'voice' ? listTwilioCallDeliveries : listTwilioDeliveries;
      try {
        return await list(this.client(account), account, query);
      } catch (error) {
        throw troubleOf(error);
      }
    },
  };
  private readonly http: TwilioHttp;
  /** One for each account that is open at the moment, gone with it: no token outlives the call that it was opened for. */
  private readonly clients = new WeakMap<ProviderAccount, twilio.Twilio>();

  constructor(private readonly config: Config) {
    this.http = new TwilioHttp(config.twilio.timeoutMs);
  }

  /** After the jobs have come to their end: what is being sent would be cut off, and nobody would know whether it arrived. */
  onApplicationShutdown(): void {
    this.http.close();
  }

  async verifyAccount(account: ProviderAccount): Promise<AccountCheck> {
    try {
      const { status } = await this.client(account).api.v2010.accounts(account.accountId).fetch();
      if (status !== 'active') return { kind: 'suspended' };
      return { kind: 'accepted', address: null, expireAt: null };
    } catch (error) {
      return accountCheckOf(error);
    }
  }

  async send(account: ProviderAccount, message: ProviderMessage): Promise<SendOutcome> {
    if (message.script) return createTwilioCall(this.client(account), message, message.script);
    const outcome = await this.create(account, message);
    const hasLeftPool = outcome.kind === 'refused' && outcome.providerCode === NOT_IN_SERVICE;
    return hasLeftPool && message.replyFrom ? this.create(account, { ...message, replyFrom: null }) : outcome;
  }

  private async create(account: ProviderAccount, message: ProviderMessage): Promise<SendOutcome> {
    try {
      const { sid, status, numSegments } = await this.client(account).messages.create({
        ...senderOf(message),
        to: twilioAddress(message.channel, message.to),
        statusCallback: message.statusCallback,
        ...contentOf(message),
      });
      if (!sid) return { kind: 'unknown' };
      return {
        kind: 'accepted',
        providerMessageId: sid,
        status: isProviderStatus(status) ? status : 'queued',
        ...segmentsOf(message.channel, numSegments),
      };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async listSent(account: ProviderAccount, query: SentQuery): Promise<SentMessage[]> {
    const { channel, to, since } = query;
    const { from, messagingServiceSid: service } = senderOf(query);
    // Twilio's times are whole seconds.
    const earliest = Math.floor(since.getTime() / 1000) * 1000;
    try {
      if (channel === 'voice')
        return await listTwilioCalls(this.client(account), { from: query.from, to, earliest });
      // Not filtered by DateSent: a message that waits to be sent has none, and would be missed.
      const messages = await this.client(account).messages.list({
        ...(from === undefined ? {} : { from }),
        to: twilioAddress(channel, to),
        limit: LOOK_UP_LIMIT,
        pageSize: LOOK_UP_LIMIT,
      });
      return messages
        .filter(({ dateCreated }) => dateCreated.getTime() >= earliest)
        .filter(({ messagingServiceSid }) => service === undefined || messagingServiceSid === service)
        .map(sentMessageOf);
    } catch (error) {
      throw troubleOf(error);
    }
  }

  async listTemplates(account: ProviderAccount): Promise<ProviderTemplateListing[]> {
    try {
      return await listTwilioContents(this.client(account), this.config.twilio.contentBaseUrl);
    } catch (error) {
      throw troubleOf(error);
    }
  }

  async locateMedia(account: ProviderAccount, url: string): Promise<string> {
    return locateTwilioMedia(account, url, this.config.twilio.apiBaseUrl);
  }

  mediaAccess(account: ProviderAccount): MediaAccess {
    return twilioMediaAccess(account, this.config.twilio.apiBaseUrl);
  }

  readDelivery(request: WebhookRequest, { channel }: WebhookEndpoint): WebhookReading {
    return channel === 'voice' ? readTwilioCall(request) : readTwilioDelivery(request, channel);
  }

  normaliseInbound(event: LoggedEvent): InboundMessage {
    return twilioInboundMessage(event);
  }

  normaliseStatus(event: LoggedEvent): StatusReport {
    return twilioStatusReport(event);
  }

  readonly calls: CallCarrier = {
    report: twilioCallReport,
    answer: twilioTwiml,
    end: async (account, id) => {
      try {
        return await endOfTwilioCall(this.client(account), id);
      } catch (error) {
        throw troubleOf(error);
      }
    },
    deleteRecording: (account, id) => deleteTwilioRecording(this.client(account), id),
  };

  private client(account: ProviderAccount): twilio.Twilio {
    const known = this.clients.get(account);
    if (known) return known;
    const client = this.made(account);
    this.clients.set(account, client);
    return client;
  }

  private made({ accountId, secrets }: ProviderAccount): twilio.Twilio {
    const client = twilio(accountId, secrets['authToken'] ?? '', {
      httpClient: this.http,
      // At "debug", which the SDK would take from the environment, it prints requests.
      logLevel: 'error',
    });
    client.api.baseUrl = this.config.twilio.apiBaseUrl;
    client.content.baseUrl = this.config.twilio.contentBaseUrl;
    return client;
  }
}

/** What became of reading, as the port tells it. */
function troubleOf(error: unknown): CredentialsRejected | ProviderUnavailable {
  const check = accountCheckOf(error);
  return check.kind === 'rejected' ? new CredentialsRejected() : new ProviderUnavailable(check.afterSeconds);
}

/**
 * Of a Messaging Service the number that the person wrote to; who never wrote is sent to by whichever the service chooses.
 * https://www.twilio.com/docs/messaging/services
 */
function senderOf({ channel, from, fromNumberId, replyFrom }: Route): {
  from?: string;
  messagingServiceSid?: string;
} {
  if (channel !== 'sms' || fromNumberId === null) return { from: twilioAddress(channel, from) };
  return { messagingServiceSid: fromNumberId, ...(replyFrom ? { from: replyFrom } : {}) };
}

/** A Messaging Service counts none before it chose a sender. */
function segmentsOf(channel: Channel, counted: string): { segments?: number } {
  const segments = channel === 'sms' ? Number(counted) : 0;
  return segments > 0 ? { segments } : {};
}

/** A template brings its own text; a file needs none. */
function contentOf({
  body,
  files,
  template,
}: ProviderContent): Partial<Parameters<twilio.Twilio['messages']['create']>[0]> {
  if (template)
    return { contentSid: template.contentId, contentVariables: JSON.stringify(template.variables) };
  return {
    ...(body === null ? {} : { body }),
    ...(files.length === 0 ? {} : { mediaUrl: files.map(({ url }) => url) }),
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
