export { ContactsModule } from './contacts.module';
export { Contacts } from './app/contacts';
export { ContactCreated } from './domain/contact-created';
export type { ContactSighting, FoundContact } from './domain/contact';
