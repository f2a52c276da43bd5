import { Module } from '@nestjs/common';
import { ContactsController } from './api/contacts.controller';
import { Contacts } from './app/contacts';
import { ReadContact } from './app/read-contact.query';
import { ContactsRepository } from './db/contacts.repository';

@Module({
  controllers: [ContactsController],
  providers: [Contacts, ReadContact, ContactsRepository],
  exports: [Contacts],
})
export class ContactsModule {}
