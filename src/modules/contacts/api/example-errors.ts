import { asUuid } from '../../../common/context';
import { ContactInvalid, ContactNotFound } from '../domain/errors';
import { ContactMerged } from '../domain/privacy-errors';

/** Errors of contacts as the OpenAPI document shows them, where they say something of the request. */
export const EXAMPLE_ERRORS = {
  /** Why there is no such contact. */
  gone: [new ContactNotFound(), new ContactMerged(asUuid('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2'))],
  contactInvalid: new ContactInvalid([
    { field: 'email', code: 'bad_email', message: 'email must be an email address' },
  ]),
} as const;
