import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { ContactSighting } from '../domain/contact';

/** Contacts as their signs of life make them. */
@Injectable()
export class ContactsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Notes a sighting on the contact with this phone or, where none has it, with this WhatsApp id, or else on `alias`; whichever of the two it
   * lacks is added unless another contact bears it. Undefined when there is no such contact.
   */
  async noteSighting(
    { phone, whatsappId, name, at }: ContactSighting,
    alias?: Uuid,
  ): Promise<Uuid | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ id: Uuid }>(
      `UPDATE contacts c SET
         name = COALESCE(c.name, $4),
         phone = COALESCE(c.phone, (SELECT $2::text WHERE NOT EXISTS (SELECT FROM contacts WHERE org_id = $1 AND phone = $2))),
         whatsapp_id = COALESCE(c.whatsapp_id,
           (SELECT $3::text WHERE NOT EXISTS (SELECT FROM contacts WHERE org_id = $1 AND whatsapp_id = $3))),
         last_contact_at = GREATEST(c.last_contact_at, $5)
       WHERE c.org_id = $1 AND c.id = COALESCE(
         (SELECT id FROM contacts WHERE org_id = $1 AND phone = $2),
         (SELECT id FROM contacts WHERE org_id = $1 AND whatsapp_id = $3), $6)
       RETURNING c.id`,
      [tx.orgId, phone, whatsappId, name, at, alias ?? null],
    );
    return row?.id;
  }

  /** Adds a contact; undefined when someone else just added it. */
  async insert({ phone, whatsappId, name, at }: ContactSighting): Promise<Uuid | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ id: Uuid }>(
      `INSERT INTO contacts (org_id, id, name, phone, whatsapp_id, last_contact_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING id`,
      [tx.orgId, newId(), name, phone, whatsappId, at],
    );
    return row?.id;
  }
}
