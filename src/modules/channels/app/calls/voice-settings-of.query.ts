import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { ConnectionsRepository } from '../../db/connections.repository';
import { VoiceSettingsRepository, type KeptVoiceSettings } from '../../db/calls/voice-settings.repository';
import { ConnectionNotFound } from '../../domain/errors';
import { NotAVoiceConnection } from '../../domain/voice-errors';
import { DEFAULT_VOICE_SETTINGS, type VoiceSettings } from '../../domain/voice-settings';

/** The settings of a number as members see them. */
export interface VoiceSettingsView extends VoiceSettings {
  readonly connectionId: Uuid;
  readonly version: number;
}

/** What a number does when somebody calls; in the transaction at hand. */
@Injectable()
export class VoiceSettingsOf {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly kept: VoiceSettingsRepository,
  ) {}

  /** Throws `ConnectionNotFound` and `NotAVoiceConnection`. */
  async view(connectionId: Uuid): Promise<VoiceSettingsView> {
    const connection = await this.connections.find(connectionId);
    if (!connection) throw new ConnectionNotFound();
    if (connection.channel !== 'voice') throw new NotAVoiceConnection();
    const { settings, version } = await this.of(connectionId);
    return { ...settings, connectionId, version };
  }

  /** Where nobody chose anything, what holds then, as version 1. */
  async of(connectionId: Uuid): Promise<KeptVoiceSettings> {
    return (await this.kept.find(connectionId)) ?? { settings: DEFAULT_VOICE_SETTINGS, version: 1 };
  }
}
