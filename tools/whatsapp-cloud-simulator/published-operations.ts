import type { Fields } from '../twilio-simulator/published-operations';
import { textRule, type Schema } from '../twilio-simulator/published-schema';
import { LOOKASIDE } from './media';

/** One way of calling Meta, as it is published. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  /** Of the path, without a query. */
  readonly path: RegExp;
  readonly query: Fields;
  /** What it takes; undefined where it takes no body. */
  readonly body?: 'message' | 'upload';
  /** Not of the Graph API: its headers are no business of the description. */
  readonly isElsewhere?: true;
}

const TEXT: Schema = { type: 'string' };

function fields(schemas: Readonly<Record<string, Schema>>, required: readonly string[] = []): Fields {
  const rules = Object.entries(schemas).map(
    ([name, schema]) => [name, textRule(schema, (one) => one)] as const,
  );
  return { rules: new Map(rules), required };
}

/** `/{Version}/…`, where an id is digits. */
const versioned = (rest: string): RegExp =>
  new RegExp(`^/v[0-9]+\\.[0-9]+/${rest.replace('{id}', '[0-9]+')}$`);

const PAGES = { fields: TEXT, after: TEXT, before: TEXT };

/**
 * What the product uses, after https://github.com/facebook/openapi, business-messaging-api_v23.0.yaml, unless another source
 * is named.
 */
export const OPERATIONS: readonly Operation[] = [
  // sendMessage
  { method: 'POST', path: versioned('{id}/messages'), query: fields({}), body: 'message' },
  // uploadImage, which is for every kind of file
  { method: 'POST', path: versioned('{id}/media'), query: fields({}), body: 'upload' },
  {
    // getWhatsAppBusinessAccountPhoneNumbers
    method: 'GET',
    path: versioned('{id}/phone_numbers'),
    query: fields({
      ...PAGES,
      filtering: TEXT,
      sort: {
        type: 'string',
        enum: [
          ...['creation_time.asc', 'creation_time.desc'],
          ...['last_onboarded_time.asc', 'last_onboarded_time.desc'],
        ],
      },
      limit: { type: 'integer', minimum: 1, maximum: 100 },
    }),
  },
  {
    // https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates
    method: 'GET',
    path: versioned('{id}/message_templates'),
    query: fields({
      ...PAGES,
      ...{ category: TEXT, content: TEXT, language: TEXT, name: TEXT, name_or_content: TEXT },
      ...{ quality_score: TEXT, status: TEXT },
      limit: { type: 'integer', minimum: 1, maximum: 1000 },
    }),
  },
  {
    // A number (getWhatsAppAccountNumberDetails), an account (getWhatsAppBusinessAccount), or a file, which is found by its number:
    // https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    method: 'GET',
    path: versioned('{id}'),
    query: fields({ fields: TEXT, phone_number_id: { type: 'string', pattern: '^[0-9]+$' } }),
  },
  {
    // https://developers.facebook.com/docs/graph-api/reference/debug_token
    method: 'GET',
    path: versioned('debug_token'),
    query: fields({ input_token: TEXT }, ['input_token']),
  },
  {
    // The address that a file's description gave.
    method: 'GET',
    path: new RegExp(`^${LOOKASIDE}$`),
    query: fields({ mid: TEXT, ext: TEXT, hash: TEXT }, ['mid', 'ext', 'hash']),
    isElsewhere: true,
  },
];
