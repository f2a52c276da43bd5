import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { StaffedHours, VoiceSettings } from '../../domain/voice-settings';

interface Row extends Record<string, unknown> {
  language: string;
  voice: string | null;
  greeting: string | null;
  forward_to: string[];
  forward_timeout_seconds: number;
  forward_hours: StaffedHours | null;
  voicemail_enabled: boolean;
  voicemail_prompt: string | null;
  voicemail_max_seconds: number;
  voicemail_deleted_at_provider: boolean;
  closing: string;
  stop_prompt: string;
  missed_text_enabled: boolean;
  missed_text: string;
  missed_text_connection_id: Uuid | null;
  version: number;
}

/** Settings with the version of their row. */
export interface KeptVoiceSettings {
  readonly settings: VoiceSettings;
  readonly version: number;
}

const COLUMNS = `language, voice, greeting, forward_to, forward_timeout_seconds, forward_hours, voicemail_enabled,
  voicemail_prompt, voicemail_max_seconds, voicemail_deleted_at_provider, closing, stop_prompt, missed_text_enabled, missed_text, missed_text_connection_id`;

/** What numbers do when somebody calls. One row a connection, under its id, once somebody chose. */
@Injectable()
export class VoiceSettingsRepository {
  constructor(private readonly database: Database) {}

  async find(connectionId: Uuid): Promise<KeptVoiceSettings | undefined> {
    const { tx } = this.database;
    const row = await tx.one<Row>(
      `SELECT ${COLUMNS}, version FROM voice_settings WHERE org_id = $1 AND id = $2`,
      [tx.orgId, connectionId],
    );
    return row && { settings: settingsOf(row), version: row.version };
  }

  /** Addresses of the organization's voice numbers. */
  async ownNumbers(): Promise<string[]> {
    const { tx } = this.database;
    const rows = await tx.query<{ address: string }>(
      `SELECT address FROM channel_connections WHERE org_id = $1 AND channel = 'voice'`,
      [tx.orgId],
    );
    return rows.map(({ address }) => address);
  }

  async save(connectionId: Uuid, settings: VoiceSettings): Promise<void> {
    const { tx } = this.database;
    const { missedCallText: missed, ...rest } = settings;
    await tx.query(
      // What holds while nobody chose is version 1.
      `INSERT INTO voice_settings (org_id, id, version, ${COLUMNS})
       VALUES ($1, $2, 2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       ON CONFLICT (org_id, id) DO UPDATE SET (${COLUMNS}) = ROW (EXCLUDED.language, EXCLUDED.voice, EXCLUDED.greeting,
         EXCLUDED.forward_to, EXCLUDED.forward_timeout_seconds, EXCLUDED.forward_hours, EXCLUDED.voicemail_enabled,
         EXCLUDED.voicemail_prompt, EXCLUDED.voicemail_max_seconds, EXCLUDED.voicemail_deleted_at_provider, EXCLUDED.closing, EXCLUDED.stop_prompt,
         EXCLUDED.missed_text_enabled, EXCLUDED.missed_text, EXCLUDED.missed_text_connection_id)`,
      [
        ...[tx.orgId, connectionId, rest.language, rest.voice, rest.greeting, rest.forwardTo],
        ...[rest.forwardTimeoutSeconds, rest.forwardHours && JSON.stringify(rest.forwardHours)],
        ...[rest.voicemailEnabled, rest.voicemailPrompt, rest.voicemailMaxSeconds],
        ...[rest.voicemailDeletedAtProvider, rest.closing, rest.stopPrompt],
        ...[missed.enabled, missed.text, missed.connectionId],
      ],
    );
  }
}

function settingsOf(row: Row): VoiceSettings {
  return {
    language: row.language,
    voice: row.voice,
    greeting: row.greeting,
    forwardTo: row.forward_to,
    forwardTimeoutSeconds: row.forward_timeout_seconds,
    forwardHours: row.forward_hours,
    voicemailEnabled: row.voicemail_enabled,
    voicemailPrompt: row.voicemail_prompt,
    voicemailMaxSeconds: row.voicemail_max_seconds,
    voicemailDeletedAtProvider: row.voicemail_deleted_at_provider,
    closing: row.closing,
    stopPrompt: row.stop_prompt,
    missedCallText: {
      enabled: row.missed_text_enabled,
      text: row.missed_text,
      connectionId: row.missed_text_connection_id,
    },
  };
}
