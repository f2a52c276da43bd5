import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { InOrg } from '../../../contacts';
import { consentKeyword } from '../../domain/consent-keywords';
import { comparedWord } from '../../domain/consent-word';
import { Providers } from '../../domain/provider';
import { providerOfSource } from '../../domain/webhook-source';
import { ConsentWordsRepository } from '../consent-words.repository';
import { beforeClocks, KEPT_OF_DELIVERIES, NIL, spellings, WINDOW, type Window } from '../logged-people';

interface ParkedMessage extends Record<string, unknown> {
  readonly id: Uuid;
  readonly webhook_source: string;
  readonly url: string;
  readonly payload: Record<string, unknown>;
  readonly received_at: Date;
}

/**
 * What numbers that are shared keep of a customer of the organization at hand, in rows of nobody or of the operator's. What it may have
 * forgotten of that, functions of the database decide: nothing that concerns another organization.
 */
@Injectable()
export class SharedPersonalData {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly words: ConsentWordsRepository,
  ) {}

  /** Takes the person out of every delivery that is over, window by window of the log. */
  async forgetAll(addresses: readonly string[], inOrg: InOrg): Promise<void> {
    let from: Window | undefined = { received_at: '-infinity', id: NIL };
    while (from) {
      const after: Window = from;
      from = await inOrg(() => this.forgetWindow(addresses, after));
    }
  }

  /** The same for what was received since, with what is parked and what they chose, in the transaction at hand. */
  async forget(addresses: readonly string[], since: Date): Promise<void> {
    await this.forgetParked(addresses);
    let from: Window | undefined = beforeClocks(since);
    while (from) from = await this.forgetWindow(addresses, from);
    await this.database.tx.query('SELECT forget_shared_senders($1)', [addresses]);
  }

  private forgetWindow(addresses: readonly string[], after: Window): Promise<Window | undefined> {
    return this.database.tx.one<Window>(
      'SELECT received_at, id FROM forget_shared_deliveries($1, $2, $3, $4, $5)',
      [spellings(addresses), KEPT_OF_DELIVERIES, after.received_at, after.id, WINDOW],
    );
  }

  /** An opt-out waits on for the operator: it comes into force when it is known whose it is. */
  private async forgetParked(addresses: readonly string[]): Promise<void> {
    const rows = await this.database.tx.query<ParkedMessage>(
      'SELECT id, webhook_source, url, payload, received_at FROM list_shared_parked($1)',
      [addresses],
    );
    const ended: Uuid[] = [];
    for (const row of rows) if (!(await this.isOptOut(row))) ended.push(row.id);
    if (ended.length > 0)
      await this.database.tx.query('SELECT forget_shared_parked($1, $2)', [ended, KEPT_OF_DELIVERIES]);
  }

  private async isOptOut({ webhook_source, url, payload, received_at }: ParkedMessage): Promise<boolean> {
    const provider = this.providers.of(providerOfSource(webhook_source));
    const message = provider.normaliseInbound({ payload, url, receivedAt: received_at });
    if (consentKeyword(message) === 'opt_out') return true;
    const word = comparedWord(message.body);
    return word !== null && (await this.words.byWord(word))?.action === 'opt_out';
  }
}
