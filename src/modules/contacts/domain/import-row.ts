import type { FieldError } from '../../../common/errors';
import { booleanOf, timeOf } from './cells';
import { checkContactChange, type ContactChange, type ContactRules } from './contact-values';
import { customValueFromText } from './custom-field';
import { ContactInvalid } from './errors';
import { splitItems } from './item-list';
import { CUSTOM, type ImportField, type MappedColumn } from './import-fields';

/** Channels on which consent can be imported; the words of the module that keeps consent. */
export const CONSENT_CHANNELS = ['whatsapp', 'sms', 'voice'] as const;
export type ConsentChannel = (typeof CONSENT_CHANNELS)[number];

/** What the consent is to: messages about what the person has with the business, or advertising. */
export const IMPORTED_PURPOSES = ['transactional', 'marketing'] as const;
export type ImportedPurpose = (typeof IMPORTED_PURPOSES)[number];

/** What is to be believed of consent where a row itself does not say. */
export interface ConsentDefaults {
  /** When it was given. */
  readonly at?: Date | undefined;
  /** The wording that the people agreed to. */
  readonly wording?: string | undefined;
  /** Where it was given: a form, a page, a paper. */
  readonly source?: string | undefined;
}

/** What a row says about consent. */
export interface RowConsent {
  readonly channel: ConsentChannel;
  readonly purpose: ImportedPurpose;
  readonly action: 'opt_in' | 'opt_out';
  readonly at: Date;
  readonly wording?: string;
  readonly source?: string;
}

/** A row of the file: a change of a contact, or what is wrong with it. */
export interface ReadRow {
  readonly line: number;
  readonly change: ContactChange;
  readonly consent: readonly RowConsent[];
  readonly errors: readonly FieldError[];
}

/** How rows are to be read. */
export interface RowRules extends ContactRules {
  readonly mapping: readonly MappedColumn[];
  /** How many cells a row has. */
  readonly width: number;
  readonly consent: ConsentDefaults;
  /** The time of the import: nothing was consented to later. */
  readonly now: Date;
}

const LISTS = new Set(['tags', 'serviceInterests']);
const WORDS = new Set(['leadScore', 'leadStatus']);
const OPT_IN = new Set(['opt-in', 'opt_in', 'opted in', 'subscribed']);
const OPT_OUT = new Set(['opt-out', 'opt_out', 'opted out', 'unsubscribed']);
const MAX_EVIDENCE = 1_000;

const CONSENT_COLUMNS = CONSENT_CHANNELS.flatMap((channel) =>
  IMPORTED_PURPOSES.map((purpose) => {
    const field: ImportField =
      purpose === 'marketing' ? `consent.${channel}.marketing` : `consent.${channel}`;
    return { channel, purpose, field };
  }),
);

/** Reads one row. `cells` are as they stood in the file. */
export function readRow(line: number, cells: readonly string[], rules: RowRules): ReadRow {
  const refused = (error: FieldError): ReadRow => ({ line, change: {}, consent: [], errors: [error] });
  const extra = cells.slice(rules.width).some((cell) => cell !== '');
  if (cells.length < rules.width || extra)
    return refused({
      field: '',
      code: 'ragged_row',
      message: `the row has ${cells.length} cells in place of ${rules.width}`,
    });
  const given = new Map<string, string>();
  for (const { column, field } of rules.mapping) {
    const text = (cells[column - 1] ?? '').trim();
    if (text.includes('\uFFFD'))
      return refused({ field, code: 'bad_characters', message: 'the encoding is not the one of the file' });
    if (text !== '') given.set(field, text);
  }
  if (!given.has('phone') && !given.has('email'))
    return refused({ field: '', code: 'no_identity', message: 'the row has neither phone nor email' });
  const errors: FieldError[] = [];
  const consent = readConsent(given, rules, errors);
  try {
    return { line, change: checkContactChange(inputOf(given, rules), rules), consent, errors };
  } catch (error) {
    if (!(error instanceof ContactInvalid)) throw error;
    return { line, change: {}, consent: [], errors: [...errors, ...error.fields] };
  }
}

/** What the rules of contacts take. */
function inputOf(given: ReadonlyMap<string, string>, { fields }: RowRules): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const custom: Record<string, unknown> = {};
  for (const [field, text] of given) {
    if (field.startsWith(CUSTOM)) {
      const key = field.slice(CUSTOM.length);
      const definition = fields.find((one) => one.key === key);
      custom[key] = definition ? customValueFromText(definition, text) : text;
    } else if (LISTS.has(field)) input[field] = splitItems(text);
    else if (WORDS.has(field)) input[field] = text.toLowerCase();
    // A quote is what keeps a number from a spreadsheet.
    else if (field === 'phone') input[field] = text.replace(/^'/, '');
    else if (!field.startsWith('consent.') && !/^(first|last)Name$/.test(field)) input[field] = text;
  }
  const names = [given.get('firstName'), given.get('lastName')].filter(Boolean);
  if (names.length > 0) input['name'] = names.join(' ');
  if (Object.keys(custom).length > 0) input['customFields'] = custom;
  return input;
}

function readConsent(
  given: ReadonlyMap<string, string>,
  rules: RowRules,
  errors: FieldError[],
): RowConsent[] {
  const said: RowConsent[] = [];
  for (const { channel, purpose, field } of CONSENT_COLUMNS) {
    const word = given.get(field)?.toLowerCase();
    if (word === undefined) continue;
    const isGiven = OPT_IN.has(word) || (OPT_OUT.has(word) ? false : booleanOf(word));
    if (isGiven === undefined) {
      errors.push({ field, code: 'not_an_option', message: 'consent is yes or no' });
      continue;
    }
    const action = isGiven ? 'opt_in' : 'opt_out';
    const evidence = evidenceOf(given, rules, action, errors);
    if (evidence) said.push({ channel, purpose, action, ...evidence });
  }
  return said;
}

/** An opt-in needs the wording and the time; an opt-out is believed as it is. */
function evidenceOf(
  given: ReadonlyMap<string, string>,
  { consent, now }: RowRules,
  action: RowConsent['action'],
  errors: FieldError[],
): Omit<RowConsent, 'channel' | 'purpose' | 'action'> | null {
  const text = given.get('consent.at');
  const at = text === undefined ? consent.at : timeOf(text);
  const wording = given.get('consent.wording') ?? consent.wording;
  const source = given.get('consent.source') ?? consent.source;
  const wrong = (field: string, code: string, message: string): null => {
    if (!errors.some((error) => error.field === field)) errors.push({ field, code, message });
    return null;
  };
  if (text !== undefined && !at)
    return wrong(
      'consent.at',
      'bad_time',
      'the time must be a day or a time, such as 2026-01-05 or 05.01.2026',
    );
  if (at && at > now) return wrong('consent.at', 'in_future', 'nobody consents in the future');
  if ([wording, source].some((part) => part !== undefined && part.length > MAX_EVIDENCE))
    return wrong('consent.wording', 'too_long', `wording and source have at most ${MAX_EVIDENCE} characters`);
  if (action === 'opt_in' && !at) return wrong('consent.at', 'evidence_missing', 'an opt-in needs its time');
  if (action === 'opt_in' && !wording)
    return wrong('consent.wording', 'evidence_missing', 'an opt-in needs the wording that was agreed to');
  return { at: at ?? now, ...(wording ? { wording } : {}), ...(source ? { source } : {}) };
}
