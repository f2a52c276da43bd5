import {
  BadRequest,
  Conflict,
  Invalid,
  NotFound,
  TooLarge,
  Unavailable,
  Unsupported,
} from '../../../common/errors';

/** Absent, or another organization's. */
export class ImportNotFound extends NotFound {
  readonly code = 'contact_import_not_found';
  constructor() {
    super('There is no such import.');
  }
}

/** Nothing was sent. */
export class ImportFileEmpty extends Invalid {
  readonly code = 'import_file_empty';
  constructor() {
    super('The file is empty.');
  }
}

/** Why a row cannot be read. */
const REASONS = {
  row_too_long: 'is too long',
  too_many_cells: 'has too many columns',
  quote_not_closed: 'has a quote that is not closed',
};

/** Its first row is of no table. */
export class ImportFileUnreadable extends Invalid {
  readonly code = 'import_file_unreadable';
  constructor(reason: keyof typeof REASONS, line: number) {
    super(`The file cannot be read: its first row, at line ${line}, ${REASONS[reason]}.`);
  }
}

/** Bytes that no encoding makes text of. */
export class ImportFileNotText extends Unsupported {
  readonly code = 'import_file_not_text';
  constructor() {
    super('The file is no text. Save the table as CSV and upload that.');
  }
}

/** The connection broke before the file was there. */
export class ImportUploadBroken extends BadRequest {
  readonly code = 'import_upload_broken';
  constructor() {
    super('The file did not arrive as a whole. Nothing of it is kept.');
  }
}

/** Files wait that were uploaded and never started. */
export class TooManyImportsWaiting extends Conflict {
  readonly code = 'too_many_imports_waiting';
  constructor(most: number) {
    super(`At most ${most} uploaded files can wait. Start or cancel one of them.`);
  }
}

/** It runs or has ended. */
export class ImportNotStartable extends Conflict {
  readonly code = 'import_not_startable';
  constructor() {
    super('This import cannot be started: it runs already or has ended.');
  }
}

/** One at a time. */
export class ImportRunning extends Conflict {
  readonly code = 'import_running';
  constructor() {
    super('Another import is running. Wait for its end, or cancel it.');
  }
}

/** It has ended. */
export class ImportNotCancellable extends Conflict {
  readonly code = 'import_not_cancellable';
  constructor() {
    super('This import has ended already.');
  }
}

/** The file is gone: the import has ended. */
export class ImportFileGone extends Conflict {
  readonly code = 'import_file_gone';
  constructor() {
    super('The file of this import is not kept any more.');
  }
}

/** The mapping cannot be used: a field twice, one that does not exist, none that tells who a person is. */
export class BadImportMapping extends Invalid {
  readonly code = 'bad_import_mapping';
  constructor(field: string, code: string, message: string) {
    super('The columns are not mapped right.', { fields: [{ field, code, message }] });
  }
}

/** The file has more bytes than the installation takes. */
export class ImportFileTooLarge extends TooLarge {
  readonly code = 'import_file_too_large';
  constructor(maxBytes: number) {
    super(`The file is larger than ${Math.floor(maxBytes / 1_048_576)} MB.`);
  }
}

/** Somebody else made a contact with one of these phones meanwhile: looked for again it will be found. */
export class ContactsChangedMeanwhile extends Unavailable {
  readonly code = 'contacts_changed_meanwhile';
  constructor() {
    super('Contacts were changed by others at the same time.');
  }
}
