import { aMember, anOrganization, as, testApp, type TestApp } from '../support';

const PER_ADDRESS = 20;
const PER_CALLER = 60;
/** Many, since allowances grow again while a slow machine makes the attempts. */
const MORE = 40;

let app: TestApp;

beforeAll(async () => (app = await testApp({ env: { ROLE: 'api', TRUST_PROXY_HOPS: '1' } })));
afterAll(() => app.stop());

/** How many entries of this event the trail holds, and how many were only counted. */
async function tally(event: string): Promise<{ written: number; leftOut: number }> {
  const [row] = await app.db.query<{ written: number }>(
    'SELECT count(*)::int AS written FROM audit_logs WHERE event_type = $1',
    [event],
  );
  const { text } = await app
    .http()
    .get('/metrics')
    .set('authorization', 'Bearer metrics-token-for-tests')
    .expect(200);
  const counted = new RegExp(`^frontdesk_audit_events_left_out_total\\{event="${event}"\\} (\\d+)$`, 'm');
  return { written: row?.written ?? 0, leftOut: Number(counted.exec(text)?.[1] ?? 0) };
}

it('failed sign-ins of one address fill neither the trail nor the allowance of another', async () => {
  // Another account each time: guessing one is stopped earlier.
  let attempts = 0;
  const fail = (address: string) =>
    app
      .http()
      .post('/api/v1/auth/sign-in')
      .set('x-forwarded-for', address)
      .send({ email: `nobody-${++attempts}@example.test`, password: 'not a password' })
      .expect(401);
  for (let i = 0; i < PER_ADDRESS + MORE; i++) await fail('203.0.113.1');
  const { written, leftOut } = await tally('tenancy.sign-in-failed');
  // An allowance grows again while the attempts are made.
  expect(written).toBeGreaterThanOrEqual(PER_ADDRESS);
  expect(leftOut).toBeGreaterThan(0);
  expect(written + leftOut).toBe(PER_ADDRESS + MORE);
  await fail('203.0.113.2');
  expect((await tally('tenancy.sign-in-failed')).written).toBe(written + 1);
});

it('denials of one caller fill neither the trail nor the allowance of another', async () => {
  const { orgId } = await anOrganization(app);
  const [one, other] = [await aMember(app, orgId, 'viewer'), await aMember(app, orgId, 'viewer')];
  const deny = (token: string) => as(app, token).get('/audit-logs').expect(403);
  for (let i = 0; i < PER_CALLER + MORE; i++) await deny(one.token);
  const { written, leftOut } = await tally('tenancy.permission-denied');
  expect(written).toBeGreaterThanOrEqual(PER_CALLER);
  expect(leftOut).toBeGreaterThan(0);
  expect(written + leftOut).toBe(PER_CALLER + MORE);
  await deny(other.token);
  expect((await tally('tenancy.permission-denied')).written).toBe(written + 1);
});
