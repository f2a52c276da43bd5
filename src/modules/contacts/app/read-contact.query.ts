import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { ContactsRepository } from '../db/contacts.repository';
import { ContactNotFound } from '../domain/errors';

/** A contact as members see it. */
export interface ContactView {
  readonly id: Uuid;
  readonly name: string | null;
  readonly phone: string | null;
  readonly whatsappId: string | null;
  readonly email: string | null;
  readonly serviceInterests: string[];
  readonly leadScore: string | null;
  readonly leadStatus: string;
  readonly lastContactAt: Date | null;
  readonly notes: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One contact. */
@Injectable()
export class ReadContact {
  constructor(private readonly contacts: ContactsRepository) {}

  /** Throws {@link ContactNotFound}. */
  async byId(id: Uuid): Promise<ContactView> {
    const row = await this.contacts.find(id);
    if (!row) throw new ContactNotFound();
    return {
      id: row.id,
      name: row.name,
      phone: row.phone,
      whatsappId: row.whatsapp_id,
      email: row.email,
      serviceInterests: row.service_interests,
      leadScore: row.lead_score,
      leadStatus: row.lead_status,
      lastContactAt: row.last_contact_at,
      notes: row.notes,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }
}
