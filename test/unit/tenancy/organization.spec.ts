import { OrganizationInvalid } from '../../../src/modules/tenancy/domain/errors';
import { checkOrganization } from '../../../src/modules/tenancy/domain/organization';

const good = { name: 'Demo Clinic', slug: 'demo', timezone: 'Europe/Berlin', defaultCountry: 'DE' };

function wrongFields(change: Partial<typeof good>): string[] {
  try {
    checkOrganization({ ...good, ...change });
    return [];
  } catch (error) {
    return (error as OrganizationInvalid).fields.map(({ field }) => field);
  }
}

test.each<Partial<typeof good>>([
  {},
  { slug: 'a' },
  { slug: 'a-1' },
  { slug: 'x'.repeat(63) },
  { timezone: 'UTC' },
  { timezone: 'America/Argentina/Buenos_Aires' },
  { name: 'ü'.repeat(200) },
])('%j is good', (change) => expect(wrongFields(change)).toEqual([]));

test.each<[Partial<typeof good>, string]>([
  [{ name: '' }, 'name'],
  [{ name: ' \t' }, 'name'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ slug: '' }, 'slug'],
  [{ slug: '-a' }, 'slug'],
  [{ slug: 'a-' }, 'slug'],
  [{ slug: 'A' }, 'slug'],
  [{ slug: 'x'.repeat(64) }, 'slug'],
  [{ slug: 'a\n' }, 'slug'],
  [{ timezone: 'Mars/Olympus' }, 'timezone'],
  [{ timezone: '+02:00' }, 'timezone'],
  [{ timezone: '' }, 'timezone'],
  [{ defaultCountry: 'de' }, 'defaultCountry'],
  [{ defaultCountry: 'DEU' }, 'defaultCountry'],
])('%j is wrong in %s', (change, field) => expect(wrongFields(change)).toEqual([field]));
