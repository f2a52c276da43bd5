import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PERMISSIONS } from '../../src/common/auth';
import { asUuid } from '../../src/common/context';
import { Tenancy } from '../../src/modules/tenancy';
import { readPrivateFile, writePrivateFile } from './home';

const ORGANIZATION = { name: 'Demo Clinic', slug: 'demo', timezone: 'Europe/Berlin', defaultCountry: 'DE' };
const OWNER = { email: 'owner@demo.example', firstName: 'Dana', lastName: 'Demo' };

/** How to sign in to the demo organization, as kept in `demo.json` of the data folder. */
export interface DemoSignIn {
  readonly organization: string;
  readonly email: string;
  /** Undefined when the organization is there, but `demo.json` is not, or belongs to another database. */
  readonly password: string | undefined;
  readonly file: string;
}

/** What `demo.json` holds; `npm run demo` and people read it. */
interface Kept {
  readonly orgId?: string | undefined;
  readonly userId?: string | undefined;
  readonly email: string;
  readonly password: string;
  /** With every permission that a key can have. */
  readonly apiKey?: string | undefined;
}

/** The password is on disk before anything knows it: an interrupted first start must not lose it. */
async function makeOrganization(tenancy: Tenancy, file: string): Promise<Kept> {
  const kept: Kept = { email: OWNER.email, password: randomBytes(15).toString('base64url') };
  writePrivateFile(file, kept);
  const { orgId, userId } = await tenancy.createOrganization({
    ...ORGANIZATION,
    owner: { ...OWNER, password: kept.password },
  });
  return { ...kept, orgId, userId };
}

async function withApiKey(tenancy: Tenancy, orgId: string, kept: Kept): Promise<Kept> {
  if (kept.apiKey !== undefined) return kept;
  const key = await tenancy.createApiKey(asUuid(orgId), {
    name: 'Demo',
    scopes: PERMISSIONS,
    createdBy: null,
  });
  return { ...kept, orgId, apiKey: key.secret };
}

/**
 * Makes the demo organization with its owner and an API key on the first start, and keeps the random password in
 * `demo.json` of the folder `home`, mode 0600. Later starts read it.
 */
export async function seedDemo(app: NestFastifyApplication, home: string): Promise<DemoSignIn> {
  const tenancy = app.get(Tenancy);
  const file = join(home, 'demo.json');
  const found = await tenancy.findOrganizationBySlug(ORGANIZATION.slug);
  const onDisk = readPrivateFile(file) as Kept | undefined;
  const isOurs =
    onDisk?.password !== undefined && (onDisk.orgId === undefined || onDisk.orgId === found?.orgId);
  const kept = found ? (isOurs ? onDisk : undefined) : await makeOrganization(tenancy, file);
  const orgId = found?.orgId ?? kept?.orgId;
  if (kept && orgId !== undefined) writePrivateFile(file, await withApiKey(tenancy, orgId, kept));
  return { organization: ORGANIZATION.name, email: OWNER.email, password: kept?.password, file };
}
