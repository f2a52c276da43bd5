import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import { connectionOf, type ConnectionRow } from '../db/connections.repository';
import type { Connection } from '../domain/connection';
import { sharedWebhookUrl, webhookUrl } from '../domain/webhook-endpoint';

/** A connection as the API shows it: without anything of its credentials, with the addresses to configure. */
export interface ConnectionView extends Connection {
  readonly webhookUrl: string;
  readonly sharedWebhookUrl: string;
}

/** Makes views of connections. */
@Injectable()
export class ConnectionViews {
  constructor(private readonly config: Config) {}

  of(row: ConnectionRow): ConnectionView {
    const { publicUrl } = this.config.http;
    return {
      ...connectionOf(row),
      webhookUrl: webhookUrl(publicUrl, row, row.id),
      sharedWebhookUrl: sharedWebhookUrl(publicUrl, row),
    };
  }
}
