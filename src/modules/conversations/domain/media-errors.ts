import { BadRequest, Invalid, NotFound, TooLarge, Unavailable, Unsupported } from '../../../common/errors';

/** Absent, or another organization's; and every link that is forged, over, or of a file that is not there. */
export class MediaNotFound extends NotFound {
  readonly code = 'media_not_found';
  constructor() {
    super('There is no such file.');
  }
}

/** The file has more bytes than the installation takes. */
export class MediaTooLarge extends TooLarge {
  readonly code = 'media_too_large';
  constructor(maxBytes: number) {
    super(`The file is larger than ${Math.floor(maxBytes / 1_048_576)} MB.`);
  }
}

/** Nothing was sent. */
export class MediaEmpty extends Invalid {
  readonly code = 'media_empty';
  constructor() {
    super('The file is empty.');
  }
}

/** By its content it is nothing that is taken. */
export class MediaTypeNotAllowed extends Unsupported {
  readonly code = 'media_type_not_allowed';
  constructor() {
    super(
      'Files of this kind are not taken: images, sound, video, PDF, office documents, contact cards and text are.',
    );
  }
}

/** Its content is of another kind than its content type. */
export class MediaTypeMismatch extends Unsupported {
  readonly code = 'media_type_mismatch';
  constructor() {
    super('The file is not what its content type says.');
  }
}

/** The connection broke before the file was there. */
export class MediaUploadBroken extends BadRequest {
  readonly code = 'media_upload_broken';
  constructor() {
    super('The file did not arrive as a whole. Nothing of it is kept.');
  }
}

/** The storage does not answer. */
export class MediaStorageUnavailable extends Unavailable {
  readonly code = 'media_storage_unavailable';
  constructor() {
    super('Files cannot be stored or read at the moment. Try again.', { retryAfterSeconds: 30 });
  }
}

const URL_REASONS = {
  not_allowed: 'must be an https:// address on the public Internet, without credentials',
  not_reachable: 'cannot be reached on the public Internet',
  too_many_redirects: 'leads from address to address',
  not_found: 'holds no file that everybody may read',
  not_plain: 'answers in an encoding that is not taken',
  timed_out: 'takes too long to answer',
} as const;
export type MediaUrlProblem = keyof typeof URL_REASONS;

/** The file behind an address cannot be had. */
export class MediaUrlRefused extends Invalid {
  readonly code = 'media_url_refused';
  constructor(code: MediaUrlProblem) {
    super('The file cannot be fetched from this address.', {
      fields: [{ field: 'url', code, message: `url ${URL_REASONS[code]}` }],
    });
  }
}

/** Why a file, or the text beside it, is not sent. */
type MediaProblem =
  | 'unknown'
  | 'not_stored'
  | 'sent_before'
  | 'too_many'
  | 'type_not_carried'
  | 'too_large'
  | 'twice'
  | 'too_long'
  | 'not_carried';

/** One of the files cannot go with a message. */
export class MediaNotSendable extends Invalid {
  readonly code = 'media_not_sendable';
  constructor(field: string, code: MediaProblem, message: string) {
    super('A file cannot be sent.', { fields: [{ field, code, message }] });
  }
}
