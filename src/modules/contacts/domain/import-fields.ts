import { BadImportMapping } from './import-errors';

/** What a column of a file can be. Beside these: `customFields.<key>`. */
export const IMPORT_FIELDS = [
  'name',
  'firstName',
  'lastName',
  'phone',
  'email',
  'timezone',
  'serviceInterests',
  'leadScore',
  'leadStatus',
  'notes',
  'tags',
  'consent.whatsapp',
  'consent.sms',
  'consent.voice',
  'consent.whatsapp.marketing',
  'consent.sms.marketing',
  'consent.voice.marketing',
  'consent.at',
  'consent.wording',
  'consent.source',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Which column of a file, counted from 1, is what. */
export interface MappedColumn {
  readonly column: number;
  /** An {@link ImportField} or `customFields.<key>`. */
  readonly field: string;
}

export const CUSTOM = 'customFields.';

/** Headings as they are met, without case, blanks and marks. */
const HEADINGS: Readonly<Record<ImportField, RegExp>> = {
  firstName: /^(first|given|fore)name$|^vorname$/,
  lastName: /^((last|sur|family)name|nachname|familienname|zuname)$/,
  name: /^((full|display|contact|customer|patient|kunden|patienten)?name|contact|kunde|patient)$/,
  phone:
    /^((mobile|cell|phone|telephone|tel|handy|mobil|telefon|whatsapp|rufnummer)(phone|number|nummer|nr|no)?|mobiltelefon|primaryphone)$/,
  email: /^(e?mail)(address|adresse)?$/,
  timezone: /^(timezone|tz|zeitzone)$/,
  serviceInterests: /^((service)?interests?|services?|interessen?|leistung(en)?)$/,
  leadScore: /^(lead)?(score|rating)$/,
  leadStatus: /^(lead)?(status|stage)$/,
  notes: /^(notes?|comments?|remarks?|notiz(en)?|bemerkung(en)?|kommentare?)$/,
  tags: /^(tags?|labels?|schlagworte?|schlagwörter|etiketten)$/,
  'consent.whatsapp': /^whatsapp(consent|optin|optedin|einwilligung|zustimmung)$/,
  'consent.sms': /^sms(consent|optin|optedin|einwilligung|zustimmung)$/,
  'consent.voice': /^(voice|call|anruf)s?(consent|optin|optedin|einwilligung|zustimmung)$/,
  'consent.whatsapp.marketing':
    /^whatsapp(marketing|werbung)(consent|optin|optedin|einwilligung|zustimmung)?$/,
  'consent.sms.marketing': /^sms(marketing|werbung)(consent|optin|optedin|einwilligung|zustimmung)?$/,
  'consent.voice.marketing':
    /^(voice|call|anruf)s?(marketing|werbung)(consent|optin|optedin|einwilligung|zustimmung)?$/,
  'consent.at': /^(consent|optin|einwilligungs?|zustimmungs?)(at|date|datum|am|vom)$/,
  'consent.wording': /^(consent|optin|einwilligungs?|zustimmungs?)(text|wording|wortlaut)$/,
  'consent.source': /^(consent|optin|einwilligungs?|zustimmungs?)(source|quelle)$/,
};

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** What the columns with these headings probably are. No field is proposed twice. */
export function suggestMapping(
  headings: readonly string[],
  customFields: readonly { readonly key: string; readonly label: string }[],
): MappedColumn[] {
  const taken = new Set<string>();
  return headings.flatMap((heading, index): MappedColumn[] => {
    const name = plain(heading);
    const custom = customFields.find(({ key, label }) =>
      [key, label, CUSTOM + key].some((one) => plain(one) === name),
    );
    const field = custom
      ? `${CUSTOM}${custom.key}`
      : IMPORT_FIELDS.find((known) => plain(known) === name || HEADINGS[known].test(name));
    if (!name || !field || taken.has(field)) return [];
    taken.add(field);
    return [{ column: index + 1, field }];
  });
}

/** Throws {@link BadImportMapping} unless each column is one field, each field one column, and one of them says who it is. */
export function checkMapping(mapping: readonly MappedColumn[], customKeys: ReadonlySet<string>): void {
  const fields = new Set<string>();
  const columns = new Set<number>();
  mapping.forEach(({ column, field }, index) => {
    const at = `mapping.${index}`;
    const isKnown = field.startsWith(CUSTOM)
      ? customKeys.has(field.slice(CUSTOM.length))
      : (IMPORT_FIELDS as readonly string[]).includes(field);
    if (!isKnown)
      throw new BadImportMapping(`${at}.field`, 'unknown_field', 'field is none that can be imported');
    if (fields.has(field)) throw new BadImportMapping(`${at}.field`, 'mapped_twice', 'field is mapped twice');
    if (columns.has(column))
      throw new BadImportMapping(`${at}.column`, 'mapped_twice', 'column is mapped twice');
    fields.add(field);
    columns.add(column);
  });
  if (!fields.has('phone') && !fields.has('email'))
    throw new BadImportMapping('mapping', 'no_identity', 'one column must be the phone or the email');
  if (fields.has('name') && (fields.has('firstName') || fields.has('lastName')))
    throw new BadImportMapping('mapping', 'name_twice', 'map the name, or first and last name');
}
