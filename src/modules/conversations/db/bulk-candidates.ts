import type { Uuid } from '../../../common/context';
import { consentRefusalSql, type Channel } from '../../channels';
import { contactConditions, type ContactFilter, type Place } from '../../contacts';
import { customKeyOf, type BulkVariable, type ContactVariable } from '../domain/bulk-variables';
import type { ConsentPurpose } from '../domain/message-content';
import type { TemplateVariable, VariableType } from '../domain/template-variable';

/** A variable with what the template says of it. */
export type AudienceVariable = BulkVariable & { readonly declared: TemplateVariable };

/** Whom a bulk send means, and what decides who of them gets it. */
export interface Audience {
  readonly filter: ContactFilter;
  readonly connectionId: Uuid;
  readonly channel: Channel;
  /** What whoever gets it must have consented to. */
  readonly purpose: ConsentPurpose;
  /** The template is one of our own on WhatsApp: it goes out within the session window only. */
  readonly needsWindow: boolean;
  readonly now: Date;
  readonly variables: readonly AudienceVariable[];
}

const CONTACT_SQL: Readonly<Record<ContactVariable, string>> = {
  name: `NULLIF(btrim(c.name), '')`,
  firstName: `NULLIF(split_part(btrim(c.name), ' ', 1), '')`,
  phone: 'c.phone',
  email: 'c.email',
};

/** What values of a type look like; what only the calendar knows is found when the template is filled in. */
const FORMS: Readonly<Partial<Record<VariableType, string>>> = {
  number: '^[+-]?[0-9]+([.,][0-9]+)*$',
  date: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  time: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  url: '^https?://[^[:space:]]+$',
  phone: '^[+][1-9][0-9]{6,14}$',
};

/** What a variable is for the contact `c`; null where there is nothing to say. */
function valueSql({ text, field = 'name', fallback }: BulkVariable, place: Place): string {
  if (text !== undefined) return `${place(text)}::text`;
  const key = customKeyOf(field);
  const value =
    key === undefined
      ? CONTACT_SQL[field as ContactVariable]
      : `NULLIF(btrim(c.custom_fields->>${place(key)}::text), '')`;
  return fallback === undefined ? value : `COALESCE(${value}, ${place(fallback)}::text)`;
}

/**
 * Where a contact is reached: where they wrote from last, else by their number, or WhatsApp's id for them. Not by COALESCE,
 * which PostgreSQL takes for leaky, and in the collation of mappings: so their index can be used under row-level security.
 */
const addressSql = (channel: Channel): string =>
  `(CASE WHEN v.contact_address IS NOT NULL THEN v.contact_address
    ${channel === 'whatsapp' ? 'WHEN c.phone IS NULL THEN c.whatsapp_id' : ''} ELSE c.phone END) COLLATE "default"`;

/** Contacts with their thread on the connection, if they have one, and what they consented to there. */
export function audienceSql({ connectionId, channel }: Audience, orgId: Uuid, place: Place): string {
  return `contacts c
    LEFT JOIN conversations v ON v.org_id = c.org_id AND v.contact_id = c.id AND v.connection_id = ${place(connectionId)}::uuid
    LEFT JOIN phone_number_mappings p ON p.org_id = c.org_id AND p.phone_number = ${addressSql(channel)}
    WHERE c.org_id = ${place(orgId)}::uuid`;
}

/**
 * Everybody of an audience, and why they are skipped, null where they get it. One text, for the preview and for the run: who is
 * counted is who is written to. An address belongs to one contact; whoever else has a thread that leads there is skipped.
 */
export function candidatesSql(
  audience: Audience,
  orgId: Uuid,
  place: Place,
  more: readonly string[] = [],
): string {
  const { channel, filter, needsWindow, now, purpose, variables } = audience;
  const from = audienceSql(audience, orgId, place);
  const values = variables.map((variable) => valueSql(variable, place));
  const unusable = values.flatMap((value, index) => {
    const declared = variables[index]?.declared;
    if (!declared) return [];
    const form = FORMS[declared.type];
    return [`length(${value}) > ${declared.maxLength}`, ...(form ? [`${value} !~ '${form}'`] : [])];
  });
  const cases = [
    "WHEN p.contact_id <> c.id THEN 'duplicate_address'",
    ...(needsWindow
      ? [`WHEN (v.session_window_ends_at > ${place(now)}) IS NOT TRUE THEN 'outside_window'`]
      : []),
    ...values.map((value) => `WHEN ${value} IS NULL THEN 'missing_variable'`),
    ...unusable.map((condition) => `WHEN ${condition} THEN 'unusable_variable'`),
  ];
  const address = addressSql(channel);
  const conditions = [...contactConditions(filter, place), ...more].map((condition) => ` AND ${condition}`);
  return `SELECT c.id AS "contactId", v.id AS "conversationId", ${address} AS address,
      ARRAY[${values.join(', ')}]::text[] AS "values",
      CASE WHEN ${address} IS NULL THEN 'no_address'
        ELSE COALESCE(${consentRefusalSql('p', channel, purpose)}, CASE ${cases.join(' ')} END) END AS "skippedBecause"
    FROM ${from}${conditions.join('')}`;
}
