import { newId } from '../../../src/common/context';
import { deref, type OpenApi, type Route } from '../openapi';
import { PASSWORD } from '../people';
import type { Kind, Tenant } from './tenant';

/** A request without its caller. */
export interface PlainRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The same request twice: with something of another organization, and with something that does not exist. */
export interface Pair {
  /** `path id`, `query contactId`, `body address`, `cursor` */
  readonly place: string;
  readonly foreign: PlainRequest;
  readonly absent: PlainRequest;
}

type Value = string | number | boolean | object | readonly (string | object)[] | undefined;

/** A value that names something: `of` a tenant, or of nobody. */
interface Naming {
  readonly of: (tenant: Tenant) => string;
  readonly absent: () => string;
}

const naming = (kind: Kind): Naming => ({
  of: ({ ids }) => ids[kind].at(-1)!,
  absent: () => (kind === 'dead' ? '999999999' : newId()),
});

/** Path parameters, by the part of the path before them. */
const PATH: Readonly<Record<string, Naming>> = {
  'api-keys': naming('api-keys'),
  'bulk-sends': naming('bulk-sends'),
  calls: naming('calls'),
  'channel-connections': naming('channel-connections'),
  contacts: naming('contacts'),
  'consent-keywords': naming('consent-keywords'),
  'contact-fields': naming('contact-fields'),
  conversations: naming('conversations'),
  dead: naming('dead'),
  duplicates: naming('duplicates'),
  imports: naming('imports'),
  invitations: naming('invitations'),
  media: naming('media'),
  members: naming('members'),
  'message-templates': naming('message-templates'),
  messages: naming('messages'),
  access: naming('operator-accesses'),
  'operator-accesses': naming('operator-accesses'),
  organizations: naming('organizations'),
  'parked-deliveries': naming('parked-deliveries'),
  'phone-mappings': naming('phone-mappings'),
  sessions: naming('sessions'),
  'shared-numbers': naming('shared-numbers'),
  // What a voice number does; a number of messages has none of it.
  voice: naming('voice'),
  webhook: naming('channel-connections'),
  'webhook-logs': naming('webhook-logs'),
};

const QUERY: Readonly<Record<string, Naming>> = {
  actor: naming('members'),
  assigneeId: naming('members'),
  connectionId: naming('channel-connections'),
  contactId: naming('contacts'),
  // Of a link to a file, which is signed.
  org: naming('organizations'),
  organizationId: naming('organizations'),
  recordId: naming('contacts'),
  userId: naming('members'),
};
/** Query parameters that name nothing that could be another organization's. */
const HARMLESS_QUERY = new Set([
  // Of a provider's handshake.
  'hub.mode',
  'hub.verify_token',
  'hub.challenge',
  'direction',
  'kind',
  'language',
  'approval',
  'purpose',
  'q',
  'similar',
  'phone',
  'leadScore',
  'leadStatus',
  'serviceInterest',
  'tag',
  'customField',
  'createdFrom',
  'createdTo',
  'lastContactFrom',
  'lastContactTo',
  'sort',
  'bom',
  'delimiter',
  'encoding',
  'expires',
  'fileName',
  'signature',
  'hasHeader',
  'days',
  'limit',
  'search',
  'from',
  'to',
  'eventType',
  'tableName',
  'status',
  'state',
  'type',
  'verified',
  'verdict',
  'externalId',
  'responseStatus',
  'replayed',
  'channel',
  'purpose',
  'action',
  'source',
  'at',
  'outcome',
  'optedIn',
]);

/** What routes need in their query, of the caller's own. */
const HANDSHAKE = { 'hub.mode': 'subscribe', 'hub.verify_token': 'nobody-s', 'hub.challenge': '1' };
const OWN_QUERY: Readonly<Record<string, (caller: Tenant) => Record<string, string>>> = {
  '/api/v1/channels/whatsapp-cloud/webhook': () => HANDSHAKE,
  '/api/v1/channels/whatsapp-cloud/webhook/{connectionId}': () => HANDSHAKE,
  '/api/v1/consent': (caller) => ({ contactId: naming('contacts').of(caller) }),
  '/api/v1/consent/proof': ({ business }) => ({
    phone: business.connection.number.address,
    channel: 'whatsapp',
    purpose: 'marketing',
  }),
};

const UNKNOWN_NUMBER = '+14155550000';
const whatsapp = (number: string) => `whatsapp:${number}`;
const BODY: Readonly<Record<string, Naming>> = {
  connectionId: naming('channel-connections'),
  contactId: naming('contacts'),
  userId: naming('members'),
  from: naming('contacts'),
  templateId: naming('message-templates'),
  organizationId: naming('organizations'),
  organizationSlug: { of: ({ slug }) => slug, absent: () => 'no-such-organization' },
  address: { of: ({ business }) => business.connection.number.address, absent: () => UNKNOWN_NUMBER },
  To: {
    of: ({ business }) => whatsapp(business.connection.number.address),
    absent: () => whatsapp(UNKNOWN_NUMBER),
  },
};
/** Body properties with what is the caller's own, or nobody's; undefined leaves one out. */
const HARMLESS_BODY: Readonly<Record<string, (caller: Tenant) => Value>> = {
  // Of another organization's template: test/e2e/template-sending.spec.ts.
  template: () => undefined,
  sendAt: () => undefined,
  cause: () => undefined,
  language: () => 'en',
  consentPurpose: () => 'transactional',
  body: () => 'Hello {{name}}',
  // A list in a template, values by name in a preview.
  variables: () => undefined,
  phone: () => undefined,
  perMinute: () => undefined,
  metadata: () => undefined,
  primaryChannel: () => undefined,
  code: () => '123456',
  status: () => undefined,
  segment: () => ({}),
  serviceInterests: () => ['haircut'],
  tags: () => ['vip'],
  leadScore: () => 'warm',
  leadStatus: () => undefined,
  leadStatusReason: () => undefined,
  notes: () => 'Prefers mornings',
  customFields: () => undefined,
  key: () => 'a_field',
  label: () => 'A field',
  type: () => 'text',
  id: () => 'of-something',
  options: () => undefined,
  required: () => false,
  auditRetentionDays: () => undefined,
  defaultCountry: () => 'DE',
  locale: () => undefined,
  messageRetentionDays: () => undefined,
  minutes: () => 5,
  organization: () => undefined,
  ownerEmail: ({ ownerEmail }) => ownerEmail,
  quietHoursEnd: () => undefined,
  quietHoursStart: () => undefined,
  // A free text here, one of a list there.
  reason: () => 'no_longer_needed',
  dryRun: () => undefined,
  keep: () => undefined,
  consent: () => undefined,
  delimiter: () => undefined,
  encoding: () => undefined,
  hasHeader: () => undefined,
  mapping: () => [{ column: 1, field: 'phone' }],
  // That one is taken is told, to members alone: test/e2e/organization-settings.spec.ts.
  slug: () => 'Not a slug',
  timezone: () => 'UTC',
  webhookRetentionDays: () => undefined,
  accountSid: ({ business }) => business.connection.number.accountSid,
  AccountSid: ({ business }) => business.connection.number.accountSid,
  authToken: ({ business }) => business.connection.number.authToken,
  // Of Meta's: test/e2e/whatsapp-cloud.spec.ts and whatsapp-cloud-forgery.spec.ts.
  accessToken: () => undefined,
  appId: () => undefined,
  appSecret: () => undefined,
  businessAccountId: () => undefined,
  phoneNumberId: () => undefined,
  object: () => 'whatsapp_business_account',
  entry: () => [
    {
      id: '1',
      changes: [
        {
          field: 'messages',
          value: { metadata: { phone_number_id: '1' }, statuses: [{ id: 'wamid.a', status: 'sent' }] },
        },
      ],
    },
  ],
  Body: () => 'Hello',
  channel: () => 'whatsapp',
  purpose: () => 'marketing',
  action: () => 'opt_out',
  source: () => undefined,
  at: () => undefined,
  evidence: () => undefined,
  word: () => 'Fertig',
  reply: () => undefined,
  answer: () => 'help',
  email: ({ ownerEmail }) => ownerEmail,
  emailDomains: () => [],
  ErrorCode: () => undefined,
  expiresAt: () => undefined,
  friendlyName: () => 'Front desk',
  From: () => whatsapp('+4915150000000'),
  currentPassword: () => PASSWORD,
  newPassword: () => PASSWORD,
  token: () => `fdi_${'A'.repeat(86)}`,
  role: () => 'agent',
  firstName: () => 'Dana',
  lastName: () => 'Demo',
  isActive: () => false,
  sendsPerSecond: () => 80,
  messagingServiceSid: () => undefined,
  MessageSid: () => `SM${'0'.repeat(32)}`,
  MessageStatus: () => undefined,
  name: () => 'A name',
  NumMedia: () => '0',
  overlapMinutes: () => 60,
  overlapHours: () => 24,
  password: () => PASSWORD,
  ProfileName: () => 'Dana',
  provider: () => 'twilio',
  refreshToken: () => 'A'.repeat(43),
  scopes: () => ['contacts.read'],
  text: () => 'Hello',
  // Ids of others in them: test/e2e/media-sending.spec.ts.
  mediaIds: () => undefined,
  fileName: () => 'price-list.pdf',
  url: () => 'https://127.0.0.1/price-list.pdf',
  // Of a range to replay: without its beginning, which is taken for a contact's id, it is refused as a whole.
  to: () => new Date().toISOString(),
  externalId: () => undefined,
  mode: () => 'observe',
  hours: () => 1,
  cursor: () => undefined,
  // Of calls, as Twilio posts them.
  CallSid: () => `CA${'0'.repeat(32)}`,
  CallStatus: () => 'ringing',
  Direction: () => 'inbound',
  CallDuration: () => undefined,
  DialCallStatus: () => undefined,
  RecordingSid: () => undefined,
  RecordingUrl: () => undefined,
  RecordingStatus: () => undefined,
  Digits: () => undefined,
  // Of what a number does when somebody calls.
  voice: () => undefined,
  greeting: () => 'Hello',
  forwardTo: () => undefined,
  forwardTimeoutSeconds: () => undefined,
  forwardHours: () => undefined,
  voicemailEnabled: () => undefined,
  voicemailPrompt: () => undefined,
  voicemailMaxSeconds: () => undefined,
  voicemailDeletedAtProvider: () => undefined,
  closing: () => undefined,
  stopPrompt: () => undefined,
  missedCallText: () => undefined,
};

const HEADERS: Readonly<Record<string, string | undefined>> = {
  'user-agent': undefined,
  'Idempotency-Key': undefined,
  'If-Match': undefined,
  'If-None-Match': undefined,
  'X-Twilio-Signature': 'bm90IGEgc2lnbmF0dXJl',
  'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}`,
};

function known<T>(table: Readonly<Record<string, T>>, name: string, what: string, route: Route): T {
  if (!Object.hasOwn(table, name))
    throw new Error(`${route.name}: say in test/support/isolation/requests.ts what ${what} "${name}" is`);
  return table[name] as T;
}

/** The path parameters of a route with the part of the path that says what they are. */
function pathParameters(route: Route): { name: string; naming: Naming }[] {
  return [...route.path.matchAll(/([^/]+)\/\{(\w+)\}/g)].map(([, before = '', name = '']) => ({
    name,
    naming: known(
      PATH,
      route.path.endsWith('/{id}/voice') ? 'voice' : before,
      `the parameter {${name}} after`,
      route,
    ),
  }));
}

function queryNames(route: Route): string[] {
  const names = (route.operation.parameters ?? [])
    .filter(({ in: place }) => place === 'query')
    .map(({ name }) => name);
  for (const name of names)
    if (name !== 'cursor' && !HARMLESS_QUERY.has(name)) known(QUERY, name, 'the query parameter', route);
  return names;
}

interface BodyShape {
  readonly form: boolean;
  readonly properties: readonly string[];
}

function bodyOf(document: OpenApi, route: Route): BodyShape | undefined {
  const content = Object.entries(route.operation.requestBody?.content ?? {});
  const [first] = content;
  if (!first) return undefined;
  const form = content.some(([type]) => type === 'application/x-www-form-urlencoded');
  const properties = Object.keys(deref(document, first[1].schema ?? {}).properties ?? {});
  for (const name of properties)
    if (!Object.hasOwn(BODY, name)) known(HARMLESS_BODY, name, 'the property', route);
  return { form, properties };
}

/** Addresses of WhatsApp are plain numbers by SMS. */
function onChannel({ path }: Route, value: Value): Value {
  return path.startsWith('/api/v1/channels/sms/') && typeof value === 'string'
    ? value.replace(/^whatsapp:/, '')
    : value;
}

/** What differs from the caller's own. */
interface Change {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The route as `caller` would use it on what is their own, but for `change`. */
export function fill(document: OpenApi, route: Route, caller: Tenant, change: Change = {}): PlainRequest {
  const named = new Map(
    pathParameters(route).map(({ name, naming: { of } }) => [name, change.path?.[name] ?? of(caller)]),
  );
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(named.get(name) ?? ''),
  );
  queryNames(route);
  const query = new URLSearchParams({ ...OWN_QUERY[route.path]?.(caller), ...change.query }).toString();
  const headers: Record<string, string> = { ...change.headers };
  for (const { name, in: place } of route.operation.parameters ?? []) {
    const value = place === 'header' ? known(HEADERS, name, 'the header', route) : undefined;
    if (value !== undefined) headers[name] = value;
  }
  const shape = bodyOf(document, route);
  let body: string | undefined;
  if (shape) {
    const values = shape.properties.map((name): [string, Value] => [
      name,
      change.body?.[name] ??
        (Object.hasOwn(BODY, name) ? BODY[name]!.of(caller) : HARMLESS_BODY[name]!(caller)),
    ]);
    const given = Object.fromEntries(
      values
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, onChannel(route, value)]),
    );
    body = shape.form
      ? new URLSearchParams(given as Record<string, string>).toString()
      : JSON.stringify(given);
    headers['content-type'] = shape.form ? 'application/x-www-form-urlencoded' : 'application/json';
  }
  return { method: route.method.toUpperCase(), path: query ? `${path}?${query}` : path, headers, body };
}

/**
 * Every way to bring something of `victim` into a request of `caller`. `cursor` is one that the route gave the victim, where
 * it gives any. Throws where a parameter or property is not known: then it must be said what it is.
 */
export function pairs(
  document: OpenApi,
  route: Route,
  { caller, victim, cursor }: { caller: Tenant; victim: Tenant; cursor: string | undefined },
): Pair[] {
  const pair = (place: string, foreign: Change, absent: Change): Pair => ({
    place,
    foreign: fill(document, route, caller, foreign),
    absent: fill(document, route, caller, absent),
  });
  const all: Pair[] = [];
  for (const { name, naming: named } of pathParameters(route))
    all.push(
      pair(`path ${name}`, { path: { [name]: named.of(victim) } }, { path: { [name]: named.absent() } }),
    );
  for (const name of queryNames(route)) {
    const named = QUERY[name];
    if (named)
      all.push(
        pair(`query ${name}`, { query: { [name]: named.of(victim) } }, { query: { [name]: named.absent() } }),
      );
  }
  if (cursor !== undefined)
    all.push(pair('cursor', { query: { cursor } }, { query: { cursor: `${cursor.slice(0, -8)}AAAAAAAA` } }));
  for (const name of bodyOf(document, route)?.properties ?? []) {
    const named = BODY[name];
    if (named)
      all.push(
        pair(`body ${name}`, { body: { [name]: named.of(victim) } }, { body: { [name]: named.absent() } }),
      );
  }
  return all;
}

/** The caller's own request, with another organization's id where some servers look for one. */
export function smuggled(document: OpenApi, route: Route, caller: Tenant, victim: Tenant): PlainRequest[] {
  const headers = Object.fromEntries(
    ['x-org-id', 'x-organization-id', 'x-tenant-id', 'org_id'].map((name) => [name, victim.orgId]),
  );
  const query = (name: string) => fill(document, route, caller, { query: { [name]: victim.orgId } });
  return [
    fill(document, route, caller, { headers }),
    query('orgId'),
    query('org_id'),
    query('organizationId'),
  ];
}
