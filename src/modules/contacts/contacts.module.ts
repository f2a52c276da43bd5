import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuditModule } from '../audit';
import { TenancyModule } from '../tenancy';
import { ContactExportController } from './api/contact-export.controller';
import { ContactImportsController } from './api/contact-imports.controller';
import { ContactDuplicatesController } from './api/contact-duplicates.controller';
import { ContactMergeController } from './api/contact-merge.controller';
import { ContactPrivacyController } from './api/contact-privacy.controller';
import { ContactTimelineController } from './api/contact-timeline.controller';
import { ContactFieldsController } from './api/contact-fields.controller';
import { ContactsController } from './api/contacts.controller';
import { ChangeContact } from './app/change-contact.use-case';
import { ChangeContactField } from './app/change-contact-field.use-case';
import { RulesForContacts } from './app/contact-rules';
import { CreateContact } from './app/create-contact.use-case';
import { CreateContactField } from './app/create-contact-field.use-case';
import { ListContacts } from './app/list-contacts.query';
import { ReadContactFields } from './app/read-contact-fields.query';
import { RemoveContactField } from './app/remove-contact-field.use-case';
import { RemoveFieldValues } from './app/remove-field-values.job';
import { ContactBook } from './db/contact-book.repository';
import { ContactFieldsRepository } from './db/contact-fields.repository';
import { ContactViewsRepository } from './db/contact-views.repository';
import { CancelImport } from './app/cancel-import.use-case';
import { EndImport } from './app/end-import';
import { ExportContacts } from './app/export-contacts.query';
import { ImportBatch } from './app/import-batch';
import { PreviewImport } from './app/import-preview.query';
import { ReadImports } from './app/read-imports.query';
import { RunImport } from './app/run-import.job';
import { StartImport } from './app/start-import.use-case';
import { TendImports } from './app/tend-imports.job';
import { UploadImport } from './app/upload-import.use-case';
import { ContactExportRepository } from './db/contact-export.repository';
import { ContactImportsRepository } from './db/contact-imports.repository';
import { ImportFilesRepository } from './db/import-files.repository';
import { ContactTarget } from './db/import-targets';
import { ContactDataHolders } from './app/contact-data-holders';
import { ContactDuplicates } from './app/contact-duplicates';
import { ContactTimeline } from './app/contact-timeline.query';
import { Contacts } from './app/contacts';
import { ContactSegments } from './app/contact-segments';
import { EraseContact } from './app/erase-contact.job';
import { FilesInErasure } from './app/files-in-erasure';
import { FindDuplicates } from './app/find-duplicates.job';
import { GoneContacts } from './app/gone-contacts';
import { LegalHolds } from './app/legal-holds';
import { MergeContacts } from './app/merge-contacts.use-case';
import { PersonalDataExport } from './app/personal-data-export';
import { ReadContact } from './app/read-contact.query';
import { RequestErasure } from './app/request-erasure.use-case';
import { ScanDuplicates } from './app/scan-duplicates.schedule';
import { ContactRecords } from './db/contact-records.repository';
import { ContactsRepository } from './db/contacts.repository';
import { DuplicatesRepository } from './db/duplicates.repository';
import { ErasuresRepository } from './db/erasures.repository';
import { LegalHoldsRepository } from './db/legal-holds.repository';
import { OwnContactData } from './db/own-contact-data';
import { TimelineRepository } from './db/timeline.repository';

/** Contacts as the staff work with them. */
const book = [
  ChangeContact,
  ChangeContactField,
  ContactBook,
  ContactFieldsRepository,
  Contacts,
  ContactSegments,
  ContactsRepository,
  ContactViewsRepository,
  CreateContact,
  CreateContactField,
  ListContacts,
  ReadContact,
  ReadContactFields,
  RemoveContactField,
  RemoveFieldValues,
  RulesForContacts,
];

/** Contacts that come and go as files. */
const files = [
  CancelImport,
  ContactExportRepository,
  ExportContacts,
  ContactImportsRepository,
  ContactTarget,
  EndImport,
  ImportBatch,
  ImportFilesRepository,
  PreviewImport,
  ReadImports,
  RunImport,
  StartImport,
  TendImports,
  UploadImport,
];

/** What a person may ask for, and what keeps a contact book in order. */
const privacy = [
  ContactDataHolders,
  ContactDuplicates,
  ContactRecords,
  ContactTimeline,
  DuplicatesRepository,
  EraseContact,
  FilesInErasure,
  ErasuresRepository,
  FindDuplicates,
  GoneContacts,
  LegalHolds,
  LegalHoldsRepository,
  MergeContacts,
  OwnContactData,
  PersonalDataExport,
  RequestErasure,
  ScanDuplicates,
  TimelineRepository,
];
/** Paths that could be taken for a contact's id come first. */
const privacyControllers = [
  ContactExportController,
  ContactImportsController,
  ContactDuplicatesController,
  ContactMergeController,
  ContactPrivacyController,
  ContactTimelineController,
];

@Module({
  imports: [AuditModule, DiscoveryModule, TenancyModule],
  controllers: [...privacyControllers, ContactFieldsController, ContactsController],
  providers: [...book, ...files, ...privacy],
  exports: [Contacts, ContactSegments],
})
export class ContactsModule {}
