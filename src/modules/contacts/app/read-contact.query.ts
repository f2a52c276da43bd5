import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { ContactViewsRepository } from '../db/contact-views.repository';
import type { ContactView } from '../domain/contact-list';
import { GoneContacts } from './gone-contacts';

/** One contact. */
@Injectable()
export class ReadContact {
  constructor(
    private readonly views: ContactViewsRepository,
    private readonly gone: GoneContacts,
  ) {}

  /** Throws `ContactNotFound`, and `ContactMerged`, which names the contact that it is part of now. */
  async byId(id: Uuid): Promise<ContactView> {
    const contact = await this.views.find(id);
    if (!contact) throw await this.gone.reason(id);
    return contact;
  }
}
