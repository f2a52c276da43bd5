import { newId } from '../../src/common/context';
import { openApiDocument } from '../../src/common/openapi';
import { as } from '../support';
import { anInstallation, type TestInstallation } from '../support/business';
import { fill, pairs, smuggled, type PlainRequest } from '../support/isolation/requests';
import { foreignTo, leaksIn, textsOf } from '../support/isolation/leaks';
import { aTenant, type Tenant, type TestCaller } from '../support/isolation/tenant';
import { unzip } from '../support/zip';
import { goldenOpenApi, routesOf, type OpenApi, type Route } from '../support/openapi';

const document = goldenOpenApi();
const routes = routesOf(document);
const MARKERS = ['Ambrosius', 'Bellerophon', 'Charybdis'];

/** Where what is foreign is answered otherwise than what is absent, and why. */
const KNOWN_DIFFERENCES: Readonly<Record<string, { status: number; reason: string }>> = {
  'POST /api/v1/channel-connections, body address': {
    status: 409,
    reason:
      'a number belongs to one connection of the installation; only who brings a working account is told',
  },
};

/** What is read there bears nothing that could be marked, and why. */
const UNMARKED: Readonly<Record<string, string>> = {
  'GET /api/v1/contacts/imports/{id}/errors': 'lines, fields and reasons, no value of a row',
  'GET /api/v1/webhook-logs/health': 'counts and durations',
};

let place: TestInstallation;
let tenants: readonly Tenant[];
/** For each organization what it must never read. */
const forbidden = new Map<string, { texts: Set<string>; markers: string[] }>();
let before: string;

beforeAll(async () => {
  place = await anInstallation();
  tenants = await MARKERS.reduce<Promise<Tenant[]>>(
    async (made, marker) => [...(await made), await aTenant(place, marker)],
    Promise.resolve([]),
  );
  await place.quiet();
  const texts = new Map<string, Set<string>>();
  for (const { orgId } of tenants) texts.set(orgId, await textsOf(place.app.db, orgId));
  for (const { orgId, marker } of tenants) {
    const others = tenants.filter((other) => other.orgId !== orgId);
    forbidden.set(orgId, {
      texts: foreignTo(
        texts.get(orgId)!,
        others.map((other) => texts.get(other.orgId)!),
      ),
      markers: MARKERS.filter((other) => other !== marker),
    });
  }
  before = await rows();
});
afterAll(() => place.stop());

/** All that could be changed from outside, of everybody. */
async function rows(): Promise<string> {
  const tables = [
    ...[
      'invitations',
      'organizations',
      'memberships',
      'operator_accesses',
      'organization_keys',
      'channel_connections',
      'connection_directory',
    ],
    ...[
      'contacts',
      'phone_number_mappings',
      'phone_verifications',
      'consent_events',
      'conversations',
      'messages',
    ],
    ...['message_status_events', 'message_templates', 'connection_paces', 'media_files'],
    ...['message_status_events', 'message_templates', 'connection_paces'],
    ...['message_templates', 'bulk_sends', 'bulk_send_recipients'],
    ...['contact_fields', 'contact_facets', 'lead_status_changes'],
    ...['contact_imports', 'contact_import_chunks', 'contact_import_errors'],
    ...['contact_tombstones', 'contact_legal_holds', 'contact_erasures', 'contact_duplicates'],
    ...['suppression_keys', 'consent_suppressions', 'consent_keywords', 'consent_texts'],
    ...['message_templates', 'template_syncs', 'calls', 'voice_settings'],
    ...['shared_number_members', 'shared_senders', 'parked_deliveries'],
  ];
  const texts: string[] = [];
  for (const table of tables) {
    const [row] = await place.app.db.query<{ text: string }>(
      `SELECT string_agg(t::text, E'\\n' ORDER BY t::text) AS text FROM ${table} t`,
    );
    texts.push(`${table}: ${row?.text ?? ''}`);
  }
  // The clock queues these for everybody, whoever asks what meanwhile.
  const [jobs] = await place.app.db.query<{ text: string }>(
    `SELECT string_agg(j.id || ' ' || j.attempts, ' ' ORDER BY j.id) AS text
     FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
     WHERE j.payload->>'orgId' IS NOT NULL
       AND t.identifier NOT IN ('conversations.sync-account-templates', 'channels.reconcile-connection')`,
  );
  return [...texts, `jobs: ${jobs?.text ?? ''}`].join('\n');
}

/** Opened by a token of its own, by a link that is signed, and by that of a provider's handshake: nobody's role counts. */
const OPENED_OTHERWISE = new Set([
  '/metrics',
  '/api/v1/media/{id}/content',
  '/api/v1/channels/whatsapp-cloud/webhook',
  '/api/v1/channels/whatsapp-cloud/webhook/{connectionId}',
]);

interface Answer {
  readonly status: number;
  readonly text: string;
  /** What must be the same for what is foreign and what is absent. */
  readonly comparable: unknown;
}

/** What stands in an answer, also where it is packed. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'application/zip') return response.text();
  const files = await unzip(Buffer.from(await response.arrayBuffer()));
  return [...files].flat().join('\n');
}

async function send({ method, path, headers, body }: PlainRequest, { token }: TestCaller): Promise<Answer> {
  const response = await fetch(place.app.url + path, {
    method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await textOf(response);
  const seen = Object.fromEntries(response.headers);
  delete seen['x-request-id'];
  delete seen['date'];
  // Counts the caller's own requests.
  delete seen['ratelimit'];
  const said = text.replace(/"requestId":"[0-9a-f-]{36}"/, '"requestId":""');
  return { status: response.status, text, comparable: { status: response.status, headers: seen, said } };
}

/** What of other organizations stands in an answer to this one. */
function leaks(answer: Answer, reader: Tenant): string[] {
  const { texts, markers } = forbidden.get(reader.orgId)!;
  return leaksIn(answer.text, texts, markers);
}

/** Whether this caller may use this route. */
function may({ operation }: Route, { permissions }: TestCaller): boolean {
  return operation['x-public'] ?? permissions?.has(operation['x-permission'] ?? '') ?? false;
}

/** The status that a caller gets for what is not there: who one is and what one may comes first. */
function statusOfAbsent(route: Route, caller: TestCaller): number {
  if (may(route, caller)) return 404;
  return caller.permissions ? 403 : 401;
}

/** The second page of the victim's list begins there; undefined where the route has no pages. */
async function cursorOf(route: Route, victim: Tenant): Promise<string | undefined> {
  if (!route.operation.parameters?.some(({ name }) => name === 'cursor')) return undefined;
  const { path, ...request } = fill(document, route, victim, { query: { limit: '1' } });
  const { text } = await send({ ...request, path }, victim.callers[0]!);
  const { nextCursor } = JSON.parse(text) as { nextCursor: string | null };
  if (nextCursor === null)
    throw new Error(`${route.name}: the victim has one item only, so there is no cursor to try`);
  return nextCursor;
}

/** Each organization with another one that it tries to get at. */
const attacks = () =>
  tenants.map((caller, index) => ({ caller, victim: tenants[(index + 1) % tenants.length]! }));

describe.each(routes.map((route) => [route.name, route] as const))('%s', (_name, route) => {
  it('answers nothing of another organization, and for its ids what it answers for absent ones', async () => {
    for (const { caller: tenant, victim } of attacks()) {
      const cursor = await cursorOf(route, victim);
      for (const { place: where, foreign, absent } of pairs(document, route, {
        caller: tenant,
        victim,
        cursor,
      }))
        for (const caller of tenant.callers) {
          const what = `${caller.name}, ${where}`;
          const answer = await send(foreign, caller);
          expect({ what, leaks: leaks(answer, tenant) }).toEqual({ what, leaks: [] });
          expect({ what, broken: answer.status >= 500 }).toEqual({ what, broken: false });
          const difference = KNOWN_DIFFERENCES[`${route.name}, ${where}`];
          if (difference) {
            const status = may(route, caller) ? difference.status : statusOfAbsent(route, caller);
            expect({ what, status: answer.status }).toEqual({ what, status });
            continue;
          }
          const expected = await send(absent, caller);
          expect({ what, answer: answer.comparable }).toEqual({ what, answer: expected.comparable });
          if (where.startsWith('path '))
            expect({ what, status: answer.status }).toEqual({ what, status: statusOfAbsent(route, caller) });
        }
    }
  });

  if (route.method === 'get')
    it('shows every caller their own, wherever another organization is named besides', async () => {
      for (const { caller: tenant, victim } of attacks())
        for (const caller of tenant.callers) {
          const own = await send(fill(document, route, tenant), caller);
          if (!OPENED_OTHERWISE.has(route.path)) expect(own.status < 400).toBe(may(route, caller));
          expect(leaks(own, tenant)).toEqual([]);
          for (const request of smuggled(document, route, tenant, victim)) {
            const answer = await send(request, caller);
            expect({ request, leaks: leaks(answer, tenant) }).toEqual({ request, leaks: [] });
            expect([own.status, 422]).toContain(answer.status);
          }
        }
    });
});

it('knows every route of the program', () => {
  const running = routesOf(openApiDocument(place.app.nest) as unknown as OpenApi).map(({ name }) => name);
  expect(routes.map(({ name }) => name).sort()).toEqual(running.sort());
});

it('would notice: what one organization reads is full of what the others must not', async () => {
  // What is of the installation is shown to none of these organizations.
  const ofOrganizations = ({ 'x-permission': needed }: Route['operation']) =>
    needed !== undefined && needed !== 'platform.operate';
  const reading = routes.filter(
    ({ method, operation, name }) => method === 'get' && ofOrganizations(operation) && !(name in UNMARKED),
  );
  expect(reading.length).toBeGreaterThan(10);
  for (const route of reading)
    for (const { caller: outsider, victim } of attacks()) {
      const answer = await send(fill(document, route, victim), victim.callers[0]!);
      expect({ route: route.name, seen: leaks(answer, outsider).length > 0 }).toEqual({
        route: route.name,
        seen: true,
      });
    }
});

it('nobody changed anything of anybody', async () => {
  await place.quiet();
  expect(await rows()).toBe(before);
});

it('keeps answers for an Idempotency-Key within the organization', async () => {
  const key = newId();
  const answers: string[] = [];
  for (const { business, ids, marker } of tenants) {
    const { body, headers } = await as(place.app, business.ownerToken)
      .post(`/conversations/${ids.conversations.at(-1)!}/messages`, { text: `${marker} again` })
      .set('idempotency-key', key)
      .expect(201);
    expect(headers).not.toHaveProperty('idempotent-replayed');
    answers.push((body as { id: string }).id);
  }
  expect(new Set(answers).size).toBe(tenants.length);
  await place.quiet();
});

it('tells nobody without a working account whether a number is connected', async () => {
  for (const { caller, victim } of attacks()) {
    const number = { ...caller.business.connection.number, authToken: '0'.repeat(32) };
    const [foreign, absent] = [victim.business.connection.number.address, '+14155550001'];
    const [answer, expected] = await Promise.all(
      [foreign, absent].map((address) =>
        as(place.app, caller.business.ownerToken).post('/channel-connections', { ...number, address }),
      ),
    );
    expect(answer?.status).toBe(422);
    expect({ ...answer?.body, requestId: '' }).toEqual({ ...expected?.body, requestId: '' });
  }
});

describe('a route that nobody has thought of', () => {
  const route = (path: string, operation: Partial<Route['operation']>): Route => ({
    method: 'get',
    path,
    name: `GET ${path}`,
    operation: { responses: {}, ...operation },
  });
  const api = (schemas: OpenApi['components']['schemas'] = {}): OpenApi => ({
    paths: {},
    components: { schemas },
  });
  const ref = { schema: { $ref: '#/components/schemas/NewDto' } };
  const body = { requestBody: { content: { 'application/json': ref } } };

  it.each([
    ['a path parameter', api(), route('/api/v1/invoices/{id}', {}), /after "invoices"/],
    [
      'a query parameter',
      api(),
      route('/api/v1/contacts', { parameters: [{ name: 'invoiceId', in: 'query' }] }),
      /query parameter "invoiceId"/,
    ],
    [
      'a header',
      api(),
      route('/api/v1/contacts', { parameters: [{ name: 'X-Invoice', in: 'header' }] }),
      /header "X-Invoice"/,
    ],
    [
      'a property',
      api({ NewDto: { properties: { invoiceId: { type: 'string' } } } }),
      route('/api/v1/contacts', body),
      /property "invoiceId"/,
    ],
  ])('fails the test until it is said what %s is', (_what, openApi, unknown, message) => {
    const [caller, victim] = [tenants[0]!, tenants[1]!];
    expect(() => {
      pairs(openApi, unknown, { caller, victim, cursor: undefined });
      fill(openApi, unknown, caller);
    }).toThrow(message);
  });
});
