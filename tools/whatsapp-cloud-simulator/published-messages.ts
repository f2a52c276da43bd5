import type { JsonSchema } from './published-schema';

/*
 * What `POST /{Version}/{Phone-Number-ID}/messages` takes, written after the schemas that Meta publishes in
 * https://github.com/facebook/openapi, business-messaging-api_v23.0.yaml, and named by them. Where these contradict
 * themselves (`additionalProperties: false` in a part of an `allOf` forbids what the other part demands) the object takes
 * the names of all its parts, and those of the description's own examples. Kinds of messages that the product does not send
 * are not described.
 */

const text = (more: Partial<JsonSchema> = {}): JsonSchema => ({ type: 'string', ...more });
const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  more: Partial<JsonSchema> = {},
): JsonSchema => ({ type: 'object', properties, required, ...more });

/** MessageContext. */
const CONTEXT = object({ message_id: text() });

/**
 * BaseMessageProperties; what is required of a message is required of every kind. `biz_opaque_callback_data` is described with
 * calls (CallRequestPayload, 512 characters) and, for messages, in the reference:
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/message-api
 * `recipient` stands in the place of `to` for a person who shows no number:
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
 */
const BASE = {
  messaging_product: text({ enum: ['whatsapp'] }),
  recipient_type: text({ enum: ['individual', 'group'] }),
  to: text(),
  recipient: text(),
  context: CONTEXT,
  biz_opaque_callback_data: text({ maxLength: 512 }),
};
const BASE_REQUIRED = ['messaging_product', 'recipient_type', 'type'];

/** MediaObject, with a file's name as the examples of documents have it. */
function media(more: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  const common = { id: text(), link: text({ url: true }), caption: text({ maxLength: 1024 }) };
  return object({ ...common, ...more }, [], { oneOf: ['id', 'link'] });
}

/** CurrencyObject. */
const CURRENCY = object({ fallback_value: text(), code: text(), amount_1000: { type: 'integer' } }, [
  'fallback_value',
  'code',
  'amount_1000',
]);

/** DateTimeObject. */
const DATE_TIME = object({ fallback_value: text() }, ['fallback_value']);

/**
 * ParameterObject and what is made of it (TextParameter and so on). `parameter_name` is of templates with named variables:
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview#named-parameters
 */
const PARAMETER = object(
  {
    type: text({ enum: ['currency', 'date_time', 'document', 'image', 'text', 'video'] }),
    parameter_name: text(),
    text: text({ maxLength: 32_768 }),
    currency: CURRENCY,
    date_time: DATE_TIME,
    document: media({ filename: text() }),
    image: media(),
    video: media(),
  },
  ['type'],
  { oneOf: ['text', 'currency', 'date_time', 'document', 'image', 'video'] },
);

/** ButtonParameterObject. */
const BUTTON_PARAMETER = object(
  { type: text({ enum: ['payload', 'text'] }), payload: text(), text: text() },
  ['type'],
  { oneOf: ['payload', 'text'] },
);

/** TemplateComponent: HeaderComponent, BodyComponent and ButtonComponent, told apart by `type`. */
export const COMPONENTS: Readonly<Record<string, JsonSchema>> = {
  header: object(
    { type: text({ enum: ['header'] }), parameters: { type: 'array', minItems: 1, items: PARAMETER } },
    ['type'],
  ),
  body: object({ type: text({ enum: ['body'] }), parameters: { type: 'array', items: PARAMETER } }, ['type']),
  button: object(
    {
      type: text({ enum: ['button'] }),
      sub_type: text({ enum: ['quick_reply', 'url', 'catalog'] }),
      // The description's pattern is the remains of footnotes; its text says 0 to 9.
      index: text({ pattern: /^[0-9]$/ }),
      parameters: { type: 'array', minItems: 1, items: BUTTON_PARAMETER },
    },
    ['type', 'sub_type', 'index', 'parameters'],
  ),
};

/** TemplateObject and LanguageObject; the components are looked at one by one. */
const TEMPLATE = object(
  {
    name: text(),
    language: object({ policy: text({ enum: ['deterministic'] }), code: text() }, ['policy', 'code']),
    components: { type: 'array' },
  },
  ['name', 'language'],
);

/** What a message of each kind holds under the name of its kind. */
const CONTENTS: Readonly<Record<string, JsonSchema>> = {
  text: object({ body: text(), preview_url: { type: 'boolean' } }),
  template: TEMPLATE,
  image: media(),
  audio: media(),
  video: media(),
  document: media({ filename: text() }),
  sticker: object({ id: text(), link: text({ url: true }) }, [], { oneOf: ['id', 'link'] }),
  reaction: object({ emoji: text(), message_id: text() }),
};

/** TextMessage, TemplateMessage and so on, by `type`. */
export const MESSAGES: ReadonlyMap<unknown, JsonSchema> = new Map(
  Object.entries(CONTENTS).map(([type, content]) => [
    type,
    object({ ...BASE, type: text({ enum: [type] }), [type]: content }, [...BASE_REQUIRED, type], {
      oneOf: ['to', 'recipient'],
    }),
  ]),
);

/** MarkMessageRequestPayload, with the typing indicator as the examples of sending have it. */
export const MARK_AS_READ = object(
  {
    messaging_product: text({ enum: ['whatsapp'] }),
    status: text({ enum: ['read'] }),
    message_id: text(),
    typing_indicator: object({ type: text({ enum: ['text'] }) }, ['type']),
  },
  ['messaging_product', 'status', 'message_id'],
);
