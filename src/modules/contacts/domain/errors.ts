import { NotFound } from '../../../common/errors';

/** Absent, or another organization's. */
export class ContactNotFound extends NotFound {
  readonly code = 'contact_not_found';
  constructor() {
    super('There is no such contact.');
  }
}
