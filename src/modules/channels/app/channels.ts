import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import type { Fetched } from '../../../common/guarded-fetch';
import type { ConnectionSummary } from '../domain/connection';
import type { Channel } from '../domain/channel';
import type { InboundMessage, SentMessage, StatusReport } from '../domain/provider';
import type { ProviderTemplateListing } from '../domain/provider-template';
import type { VoiceSettings } from '../domain/voice-settings';
import type { WebhookRef } from '../domain/webhook-events';
import { ConnectionsRepository, summaryOf } from '../db/connections.repository';
import { PersonalDeliveries } from '../db/personal-deliveries';
import { AskHowCallEnded } from './calls/ask-how-call-ended.use-case';
import { DeleteRecording } from './calls/delete-recording.use-case';
import { VoiceSettingsOf } from './calls/voice-settings-of.query';
import { ListProviderTemplates } from './list-provider-templates.query';
import { FetchProviderMedia, type ProviderMedia } from './fetch-provider-media.query';
import { LoggedDeliveries, type CallReports } from './logged-deliveries.query';
import { LookUpSentMessages, type SentMessagesQuery } from './look-up-sent-messages.query';
import { SendThroughConnection, type ConnectionSender } from './send-through-connection.use-case';

/** What the rest of the program may ask of the pipes. */
@Injectable()
export class Channels {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly sending: SendThroughConnection,
    private readonly sent: LookUpSentMessages,
    private readonly templates: ListProviderTemplates,
    private readonly deliveries: LoggedDeliveries,
    private readonly personal: PersonalDeliveries,
    private readonly media: FetchProviderMedia,
    private readonly voice: VoiceSettingsOf,
    private readonly recordings: DeleteRecording,
    private readonly ends: AskHowCallEnded,
  ) {}

  /** A connection of the organization at hand; undefined when it is gone. */
  async connection(id: Uuid): Promise<ConnectionSummary | undefined> {
    const row = await this.connections.find(id);
    return row && summaryOf(row);
  }

  /** The active connections of one channel in the organization at hand, oldest first. */
  async activeConnections(channel: Channel): Promise<ConnectionSummary[]> {
    return (await this.connections.activeOn(channel)).map(summaryOf);
  }

  /** Opens a connection to send over. Never inside a transaction, and nor is what it gives, which calls the network. */
  sender(scope: OrgScope, connectionId: Uuid): Promise<ConnectionSender> {
    return this.sending.open(scope, connectionId);
  }

  /**
   * What the provider knows to have been sent, newest first, at most 200; for sends whose outcome is unknown. Null where it
   * cannot be asked: its status reports tell. Calls the network. Throws `ConnectionNotFound`, `CredentialsRejected` and
   * `ProviderUnavailable`.
   */
  listSent(scope: OrgScope, query: SentMessagesQuery): Promise<SentMessage[] | null> {
    return this.sent.execute(scope, query);
  }

  /**
   * The templates that a connection's account has at the provider, all of them. Calls the network. Throws
   * `ConnectionNotFound`, `CredentialsRejected` and `ProviderUnavailable`.
   */
  listTemplates(scope: OrgScope, connectionId: Uuid): Promise<ProviderTemplateListing[]> {
    return this.templates.execute(scope, connectionId);
  }

  /**
   * A file that a customer sent, from the provider; its body must be read or destroyed. Calls the network, so never inside a
   * transaction. Throws `ConnectionNotFound`, `CredentialsRejected`, `FetchRefused` and `FetchFailed`.
   */
  fetchMedia(scope: OrgScope, file: ProviderMedia): Promise<Fetched> {
    return this.media.execute(scope, file);
  }

  /**
   * What a customer wrote, as it was delivered to the organization at hand; undefined when they were erased since. Throws
   * `WebhookLogGone`.
   */
  inboundMessage(ref: WebhookRef): Promise<InboundMessage | undefined> {
    return this.deliveries.inboundMessage(ref);
  }

  /** What the provider told of a message of the organization at hand. Throws `WebhookLogGone`. */
  statusReport(ref: WebhookRef): Promise<StatusReport> {
    return this.deliveries.statusReport(ref);
  }

  /** What a delivery told of a call, and what was told of that call so far. Throws `WebhookLogGone`. */
  callReports(ref: WebhookRef): Promise<CallReports> {
    return this.deliveries.callReports(ref);
  }

  /** What a voice number does when somebody calls. */
  async voiceSettings(connectionId: Uuid): Promise<VoiceSettings> {
    return (await this.voice.of(connectionId)).settings;
  }

  /**
   * Asks the provider how a call ended, and has what it tells worked off like the delivery that did not come; true where there was
   * an end to be taken in. Calls the network. Throws `CredentialsRejected`, `ProviderUnavailable` and `CannotDecrypt`.
   */
  askHowCallEnded(scope: OrgScope, connectionId: Uuid, providerCallId: string): Promise<boolean> {
    return this.ends.execute(scope, connectionId, providerCallId);
  }

  /** Deletes a recording at the provider. Calls the network. Throws `ProviderUnavailable`. */
  deleteRecording(scope: OrgScope, connectionId: Uuid, recordingId: string): Promise<void> {
    return this.recordings.execute(scope, connectionId, recordingId);
  }

  /** Takes whom it speaks of out of a delivery of the organization at hand. */
  forgetDelivery(ref: WebhookRef): Promise<void> {
    return this.personal.forgetOne(ref);
  }
}
