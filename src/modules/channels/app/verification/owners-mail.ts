import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { composeMail, Mailer, mailName, MailRefused, type Block } from '../../../../common/mail';
import { OrganizationOwners } from '../../../tenancy';
import { ConnectionsRepository, type ConnectionRow } from '../../db/connections.repository';

/** What a mail about a connection says. */
export interface ConnectionLetter {
  readonly subject: string;
  readonly body: readonly Block[];
}

/** A time as a mail tells it: to the minute. */
export function writtenTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Mails the owners of an organization what concerns one of its connections. */
@Injectable()
export class OwnersMail {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly owners: OrganizationOwners,
    private readonly mailer: Mailer,
  ) {}

  /** Outside of any transaction. `letter` gets the connection as it is now; nothing is sent without one. */
  async send(
    orgId: Uuid,
    connectionId: Uuid,
    letter: (connection: ConnectionRow, name: string) => ConnectionLetter | undefined,
  ): Promise<void> {
    const found = await this.database.runInOrg(systemScope(orgId), async () => {
      const connection = await this.connections.find(connectionId);
      return connection && { connection, addresses: await this.owners.addresses() };
    });
    const written = found && letter(found.connection, mailName(found.connection.friendly_name));
    if (!written) return;
    for (const address of found.addresses) await this.sendTo(address, written);
  }

  /** A mailbox that is gone stays gone, and holds back nobody else. */
  private async sendTo(address: string, { subject, body }: ConnectionLetter): Promise<void> {
    try {
      await this.mailer.send(composeMail(address, subject, body));
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error;
    }
  }
}
