import { randomUUID } from 'node:crypto';
import { aTwilioNumber } from '../support';
import { anInstallation, type TestInstallation } from '../support/business';
import { fill, type PlainRequest } from '../support/isolation/requests';
import { aTenant, type Tenant } from '../support/isolation/tenant';
import { goldenOpenApi, routesOf, type Route } from '../support/openapi';

const document = goldenOpenApi();
/** What others make impossible comes before them: what was merged is no duplicate. */
const ORDER = [/duplicates.*dismiss$/, /(?<!erase|merge)$/, /merge$/, /erase$/];
const turn = ({ path }: Route): number => ORDER.findIndex((pattern) => pattern.test(path));

const keyed = routesOf(document)
  .filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'Idempotency-Key'))
  .sort((a, b) => turn(a) - turn(b));

let place: TestInstallation;
let tenant: Tenant;

beforeAll(async () => {
  place = await anInstallation();
  tenant = await aTenant(place, 'Daedalus');
  // A contact who is held can be neither held again nor erased.
  await place.app.db.query('DELETE FROM contact_legal_holds WHERE org_id = $1', [tenant.orgId]);
});
afterAll(() => place.stop());

/** What a route takes that is the tenant's own is not always what it takes anew. */
const BODIES: Readonly<Record<string, () => object | Promise<object>>> = {
  'POST /api/v1/channel-connections': () => aTwilioNumber(place.twilio),
  'POST /api/v1/channel-connections/{id}/rotate-token': async () => {
    const [row] = await place.app.db.query<{ sid: string }>(
      'SELECT provider_account_id AS sid FROM channel_connections WHERE id = $1',
      [tenant.ids['channel-connections'].at(-1)],
    );
    return { authToken: place.twilio.account(row!.sid).authToken };
  },
  'POST /api/v1/contacts/{id}/erase': () => ({ reason: 'requested' }),
  'POST /api/v1/contacts/{id}/merge': () => ({ from: tenant.ids.contacts[1] }),
  'POST /api/v1/invitations': () => ({ email: `${randomUUID()}@example.test`, role: 'agent' }),
  'POST /api/v1/message-templates': () => ({
    name: `replayed ${randomUUID()}`,
    language: 'en',
    consentPurpose: 'transactional',
    body: 'See you soon.',
    variables: [],
  }),
  'POST /api/v1/phone-mappings': () => ({ phone: '+4915199955501', contactId: tenant.ids.contacts[1] }),
  'POST /api/v1/webhook-logs/replay': () => ({
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date().toISOString(),
  }),
  'POST /api/v1/organizations': () => ({
    name: 'Second',
    slug: `second-${randomUUID()}`,
    timezone: 'UTC',
    defaultCountry: 'DE',
  }),
};

/** Where what every tenant has leads to no success; then it is shown that a failure is not kept. */
const FAILING: Readonly<Record<string, string>> = {
  'POST /api/v1/invitations/{id}/resend': 'was sent within the last minute',
  // Nothing but public addresses: test/e2e/media.spec.ts.
  'POST /api/v1/media/from-url': 'an address of this machine',
  'POST /api/v1/me/organizations': 'nobody was invited by this token',
  'POST /api/v1/channel-connections/{id}/rotate-verify-token': 'Twilio knows no handshake',
  // test/e2e/calls.spec.ts.
  'POST /api/v1/voice-reminders': 'no number for calls',
  // Of the operator: test/e2e/platform.spec.ts and test/e2e/shared-numbers.spec.ts.
  'POST /api/v1/platform/parked-deliveries/{id}/assign': 'not the operator of the installation',
  'POST /api/v1/platform/parked-deliveries/{id}/discard': 'not the operator of the installation',
  'POST /api/v1/platform/shared-numbers': 'not the operator of the installation',
  'POST /api/v1/platform/shared-numbers/{id}/members': 'not the operator of the installation',
  'POST /api/v1/platform/organizations': 'not the operator of the installation',
  'POST /api/v1/platform/organizations/{id}/access': 'not the operator of the installation',
  'POST /api/v1/platform/organizations/{id}/owner-invitation': 'not the operator of the installation',
};

/** What takes something away is tried on one that no other route needs. */
function pathOf({ path }: Route): Readonly<Record<string, string>> {
  if (/contacts.*(erase|merge)$/.test(path)) return { id: tenant.ids.contacts[0]! };
  if (/imports.*cancel$/.test(path)) return { id: tenant.ids.imports[0]! };
  return {};
}

async function requestOf(route: Route): Promise<PlainRequest> {
  const request = fill(document, route, tenant, { path: pathOf(route) });
  const body = BODIES[route.name];
  return body ? { ...request, body: JSON.stringify(await body()) } : request;
}

async function send({ method, path, headers, body }: PlainRequest, key: string) {
  const response = await fetch(place.app.url + path, {
    method,
    headers: {
      ...headers,
      'idempotency-key': key,
      authorization: `Bearer ${tenant.business.ownerToken}`,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
    isReplayed: response.headers.get('idempotent-replayed') === 'true',
  };
}

const kept = (key: string) =>
  place.app.db.query<{ response_body: unknown }>(
    'SELECT response_body FROM idempotency_keys WHERE key = $1',
    [key],
  );

test.each(keyed.map((route) => [route.name, route] as const))(
  '%s answers the same again',
  async (name, route) => {
    const request = await requestOf(route);
    const key = randomUUID();
    const first = await send(request, key);
    const second = await send(request, key);
    const rows = await kept(key);
    if (name in FAILING) {
      expect(first.status).toBeGreaterThanOrEqual(400);
      expect(first.status).toBeLessThan(500);
      expect([second.isReplayed, rows]).toEqual([false, []]);
      return;
    }
    const status = Number(Object.keys(route.operation.responses).find((code) => code.startsWith('2')));
    expect(first).toEqual({ status, body: first.body, isReplayed: false });
    expect(second).toEqual({ ...first, isReplayed: true });
    expect(rows).toHaveLength(1);
    // What opens a door is kept sealed.
    expect(JSON.stringify(rows)).not.toMatch(/"(secret|token|accessToken|refreshToken|password)"/);
  },
);
