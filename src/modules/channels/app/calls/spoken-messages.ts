import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database, whenDatabaseIsBack } from '../../../../common/database';
import type { CallScript } from '../../domain/call-script';
import { messageScript } from '../../domain/voice-script';
import { keyUrl } from './call-urls';
import { VoiceSettingsOf } from './voice-settings-of.query';

/** Messages that are spoken: in the language of their number, with a key that ends such calls. */
@Injectable()
export class SpokenMessages {
  constructor(
    private readonly database: Database,
    private readonly settings: VoiceSettingsOf,
  ) {}

  /** How messages of a connection are said; read once for all of them, in a transaction of its own. */
  async of(
    scope: OrgScope,
    connectionId: Uuid,
    webhookUrl: string,
  ): Promise<(message: { readonly messageId: Uuid; readonly body: string | null }) => CallScript> {
    const { settings } = await whenDatabaseIsBack(() =>
      this.database.runInOrg(scope, () => this.settings.of(connectionId)),
    );
    return ({ messageId, body }) => messageScript(settings, body ?? '', keyUrl(webhookUrl, messageId));
  }
}
