import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Config } from '../../../../common/config';
import { systemScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Clock } from '../../../../common/time/clock';
import { Tenancy } from '../../../tenancy';
import { ConnectionsRepository } from '../../db/connections.repository';
import { callsOf } from '../../domain/call-carrier';
import type { CallReport } from '../../domain/call-report';
import type { CallScript } from '../../domain/call-script';
import { Providers, type WebhookEvent } from '../../domain/provider';
import { afterForward, afterKey, afterVoicemail, answerScript } from '../../domain/voice-script';
import { isStaffed, type StaffedHours, type Weekday } from '../../domain/voice-settings';
import { webhookUrl } from '../../domain/webhook-endpoint';
import type { IncomingWebhook } from '../incoming-webhook';
import type { TakenInEvent } from '../webhook-records';
import { isAsking } from './asking';
import { callUrls } from './call-urls';
import { VoiceSettingsOf } from './voice-settings-of.query';

/** Says what is done next in a call: by the settings of the number, and by what was told of the call so far. */
@Injectable()
export class AnswerCall {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly providers: Providers,
    private readonly tenancy: Tenancy,
    private readonly connections: ConnectionsRepository,
    private readonly settings: VoiceSettingsOf,
  ) {}

  /** In the provider's language. Changes nothing, so that a delivery that is repeated gets the same answer. */
  async execute({ event, connection, verdict }: TakenInEvent, webhook: IncomingWebhook): Promise<string> {
    const calls = callsOf(this.providers.of(connection.provider));
    const { payload } = event;
    const report = calls.report({ payload, url: webhook.request.url, receivedAt: webhook.receivedAt });
    const scope = { ...systemScope(connection.orgId, webhook.requestId), readOnly: true };
    const script = isAsking(event, report, webhook)
      ? await this.database.runInOrg(scope, () => this.script(connection.id, event, report, verdict === null))
      : [];
    return calls.answer(script);
  }

  private async script(
    id: Uuid,
    event: WebhookEvent,
    report: CallReport,
    isVouchedFor: boolean,
  ): Promise<CallScript> {
    const { settings: all } = await this.settings.of(id);
    // Whom nobody vouches for is not told the numbers of staff.
    const settings = isVouchedFor ? all : { ...all, forwardTo: [] };
    if (report.direction === 'outgoing') return afterKey(settings, report.key);
    const connection = await this.connections.find(id);
    const isNew = event.type === 'call';
    if (!connection?.is_active || (await this.tenancy.isSuspended()))
      return [{ kind: isNew ? 'reject' : 'hang_up' }];
    const urls = callUrls(webhookUrl(this.config.http.publicUrl, connection, id));
    if (isNew) return answerScript(settings, urls, await this.isStaffed(settings.forwardHours));
    return report.forward === null ? afterVoicemail(settings) : afterForward(settings, urls, report.forward);
  }

  private async isStaffed(hours: StaffedHours | null): Promise<boolean> {
    const { timezone } = await this.tenancy.hours();
    const local = DateTime.fromJSDate(this.clock.now(), { zone: timezone });
    return isStaffed(hours, { weekday: local.weekday as Weekday, minute: local.hour * 60 + local.minute });
  }
}
