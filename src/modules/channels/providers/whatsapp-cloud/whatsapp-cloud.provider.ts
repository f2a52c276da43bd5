import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../../../common/config';
import { CredentialsRejected, ProviderUnavailable } from '../../domain/errors';
import type {
  AccountCheck,
  AccountToVerify,
  InboundMessage,
  LoggedEvent,
  MediaAccess,
  ProviderAccount,
  ProviderMessage,
  SendOutcome,
  StatusReport,
  WebhookReading,
  WebhookRequest,
} from '../../domain/provider';
import type { ProviderNews, TellingProvider } from '../../domain/provider-news';
import type { ProviderTemplateListing } from '../../domain/provider-template';
import { verifyCloudAccount } from './cloud-account';
import { readCloudDelivery } from './cloud-delivery';
import { cloudNoticeKind } from './cloud-ignored';
import { cloudInboundMessage } from './cloud-inbound';
import { cloudMediaAccess, locateCloudMedia } from './cloud-media';
import { cloudPreference } from './cloud-preference';
import { acceptedOf, messageBody } from './cloud-sending';
import { cloudStatusReport } from './cloud-status';
import { listCloudTemplates } from './cloud-templates';
import { graphUrl } from './graph-api';
import { accountCheckOf, outcomeOf } from './graph-errors';
import { GraphHttp } from './graph-http';

/** Meta's WhatsApp Cloud API. */
@Injectable()
export class WhatsappCloudProvider implements TellingProvider, OnApplicationShutdown {
  readonly name = 'whatsapp_cloud';
  readonly news: ProviderNews = { preference: cloudPreference, noticeKind: cloudNoticeKind };
  private readonly http: GraphHttp;

  constructor(private readonly config: Config) {
    const { apiBaseUrl, timeoutMs } = config.whatsappCloud;
    this.http = new GraphHttp(graphUrl(apiBaseUrl), timeoutMs);
  }

  /** After the jobs have come to their end: what is being sent would be cut off, and nobody would know whether it arrived. */
  onApplicationShutdown(): void {
    this.http.close();
  }

  verifyAccount(account: AccountToVerify): Promise<AccountCheck> {
    return verifyCloudAccount(this.http, account);
  }

  async send({ secrets }: ProviderAccount, message: ProviderMessage): Promise<SendOutcome> {
    if (message.fromNumberId === null) return { kind: 'refused', code: 'provider_refused' };
    try {
      const path = `/${message.fromNumberId}/messages`;
      const token = secrets['accessToken'] ?? '';
      return acceptedOf(await this.http.request({ path, token, body: messageBody(message) }));
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Meta has no list of sent messages: each status report names ours. */
  async listSent(): Promise<null> {
    return null;
  }

  async listTemplates({ accountId, secrets }: ProviderAccount): Promise<ProviderTemplateListing[]> {
    try {
      return await listCloudTemplates(this.http, accountId, secrets['accessToken'] ?? '');
    } catch (error) {
      const check = accountCheckOf(error);
      throw check.kind === 'rejected'
        ? new CredentialsRejected()
        : new ProviderUnavailable(check.afterSeconds);
    }
  }

  locateMedia(account: ProviderAccount, url: string): Promise<string> {
    return locateCloudMedia(this.http, account, url);
  }

  mediaAccess(account: ProviderAccount): MediaAccess {
    return cloudMediaAccess(account, this.config.whatsappCloud.apiBaseUrl);
  }

  readDelivery(request: WebhookRequest): WebhookReading {
    return readCloudDelivery(request);
  }

  normaliseInbound(event: LoggedEvent): InboundMessage {
    return cloudInboundMessage(event);
  }

  normaliseStatus(event: LoggedEvent): StatusReport {
    return cloudStatusReport(event);
  }
}
