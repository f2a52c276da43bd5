export { ContactsModule } from './contacts.module';
export { Contacts } from './app/contacts';
export { ContactSegments } from './app/contact-segments';
export { ContactSegmentDto } from './api/contact-segment.dto';
export { conditionsOf as contactConditions, type Place } from './db/contact-conditions';
export type { ContactFilter } from './domain/contact-list';
export type { ContactSegment } from './domain/contact-segment';
export { ContactsImported } from './domain/contacts-imported';
export { ImportedConsent, type ConsentStatement } from './app/imported-consent';
export { ContactBecameHot } from './domain/contact-became-hot';
export { ContactsMerged } from './domain/contacts-merged';
export { ContactCreated } from './domain/contact-created';
export type { ContactSighting, FoundContact } from './domain/contact';
export { countryOf, toE164 } from './domain/phone';
export { HoldsContactData } from './db/holds-contact-data';
export type {
  ContactDataHolder,
  Counts,
  DataSubject,
  ExportedFile,
  ExportPage,
  ExportRow,
  ExportSection,
  FilePage,
  InOrg,
  TimelinePart,
} from './domain/contact-data';
export { exportPage } from './domain/contact-data';
