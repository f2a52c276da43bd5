import { pattern, type FieldFormat } from '../../domain/signed-fields';

export const sid = (prefix: string): FieldFormat =>
  pattern(new RegExp(`^${prefix}[0-9a-f]{32}$`), `${prefix}[0-9a-f]`);
export const ACCOUNT_SID = sid('AC');
export const MESSAGE_SID = sid('(?:SM|MM)');
export const API_VERSION = pattern(/^\d{4}-\d\d-\d\d$/, '\\d');
export const WORD = pattern(/^[a-z_-]{1,40}$/, '[a-z_-]');
export const DIGITS = pattern(/^\d{1,20}$/, '\\d');
export const DIGITS_OR_NOTHING = pattern(/^\d{0,20}$/, '\\d|[A-Za-z]|$');
export const OPT_OUT_TYPE = pattern(/^(?:STOP|START|HELP)$/, '(?:STOP|START|HELP)');
const URL = pattern(/^https?:\/\/\S{1,2000}$/, 'https?://');
const MEDIA_TYPE = pattern(
  /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(?:; ?[a-z0-9_-]+=[a-z0-9_."-]+)*$/,
  '[a-z]',
);

const MAX_MEDIA = 10;

/** Address and type of each file of a message. */
export const MEDIA_FIELDS: readonly [string, FieldFormat][] = Array.from({ length: MAX_MEDIA }, (_, i) => [
  [`MediaUrl${i}`, URL] as [string, FieldFormat],
  [`MediaContentType${i}`, MEDIA_TYPE] as [string, FieldFormat],
]).flat();
