import type { Permission } from '../../src/common/auth';
import { systemScope, type OrgScope, type Uuid } from '../../src/common/context';
import { Tenancy, type Role } from '../../src/modules/tenancy';
import { confidentialText, secret } from './run-record';
import type { TestApp } from './test-app';

/** Everybody's. */
export const PASSWORD = 'a long enough password';
let count = 0;

/** An organization with its owner signed in. */
export interface TestOrganization {
  readonly orgId: Uuid;
  readonly ownerId: Uuid;
  /** The owner's access token. */
  readonly ownerToken: string;
  /** For work as the service role, as jobs do it. */
  readonly scope: OrgScope;
}

/** A caller's way through the API: `as.get('/contacts')`. */
export interface Caller {
  get(path: string): ReturnType<ReturnType<TestApp['http']>['get']>;
  post(path: string, body?: object): ReturnType<ReturnType<TestApp['http']>['post']>;
  patch(path: string, body?: object): ReturnType<ReturnType<TestApp['http']>['patch']>;
  put(path: string, body?: object): ReturnType<ReturnType<TestApp['http']>['put']>;
  delete(path: string): ReturnType<ReturnType<TestApp['http']>['delete']>;
}

/** Makes an organization in Germany, and its owner. */
export async function anOrganization(app: TestApp): Promise<TestOrganization> {
  const number = ++count;
  const email = `owner-${number}@example.test`;
  const { orgId, userId } = await app.nest.get(Tenancy).createOrganization({
    name: `Organization ${number}`,
    slug: `organization-${number}`,
    timezone: 'Europe/Berlin',
    defaultCountry: 'DE',
    owner: { email, password: PASSWORD, firstName: 'Olga', lastName: 'Owner' },
  });
  return { orgId, ownerId: userId, ownerToken: await signIn(app, email), scope: systemScope(orgId) };
}

/** Makes a member and signs them in. */
export async function aMember(
  app: TestApp,
  orgId: Uuid,
  role: Role,
): Promise<{ userId: Uuid; token: string }> {
  const email = `${role}-${++count}@example.test`;
  const userId = await app.nest
    .get(Tenancy)
    .addMember(orgId, { email, password: PASSWORD, firstName: 'Mia', lastName: 'Member', role });
  return { userId, token: await signIn(app, email) };
}

/** Makes an API key with these scopes. */
export async function anApiKey(app: TestApp, orgId: Uuid, scopes: readonly Permission[]): Promise<string> {
  const { secret: key } = await app.nest
    .get(Tenancy)
    .createApiKey(orgId, { name: `key ${++count}`, scopes, createdBy: null });
  return secret('API key', key);
}

/** The `ETag` of something of an organization, in this version. */
export function etagOf(orgId: string, version: number): string {
  return `"${orgId}.${version}"`;
}

/** Calls the API with an access token or an API key. */
export function as(app: Pick<TestApp, 'http'>, token: string): Caller {
  const authorization = `Bearer ${secret('bearer token', token)}`;
  return {
    get: (path) => app.http().get(`/api/v1${path}`).set({ authorization }),
    post(path, body) {
      if (body && 'text' in body && typeof body.text === 'string') confidentialText(body.text);
      return app.http().post(`/api/v1${path}`).set({ authorization }).send(body);
    },
    patch: (path, body) => app.http().patch(`/api/v1${path}`).set({ authorization }).send(body),
    put: (path, body) => app.http().put(`/api/v1${path}`).set({ authorization }).send(body),
    delete: (path) => app.http().delete(`/api/v1${path}`).set({ authorization }),
  };
}

async function signIn(app: TestApp, email: string): Promise<string> {
  const { body } = await app
    .http()
    .post('/api/v1/auth/sign-in')
    .send({ email, password: PASSWORD })
    .expect(200);
  const { accessToken, refreshToken } = body as { accessToken: string; refreshToken?: string };
  secret('password', PASSWORD);
  if (refreshToken) secret('refresh token', refreshToken);
  return secret('access token', accessToken);
}
