import { changedSettings, checkOrganization } from '../../../src/modules/tenancy/domain/organization';
import { OrganizationInvalid } from '../../../src/modules/tenancy/domain/organization-errors';

const good = {
  name: 'Demo Clinic',
  slug: 'demo',
  timezone: 'Europe/Berlin',
  defaultCountry: 'DE',
  locale: 'en',
  quietHoursStart: '21:00',
  quietHoursEnd: '08:00',
  auditRetentionDays: 90,
  webhookRetentionDays: 30,
  messageRetentionDays: null as number | null,
};

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
  { locale: 'zh-Hant-TW' },
  { quietHoursStart: '18:30', quietHoursEnd: '09:15' },
  { messageRetentionDays: 30 },
  { auditRetentionDays: 3650, webhookRetentionDays: 1 },
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
  [{ defaultCountry: 'XX' }, 'defaultCountry'],
  [{ locale: 'de_DE' }, 'locale'],
  [{ locale: '' }, 'locale'],
  [{ quietHoursStart: '21:01' }, 'quietHoursStart'],
  [{ quietHoursStart: '9:00' }, 'quietHoursStart'],
  [{ quietHoursEnd: '07:59' }, 'quietHoursEnd'],
  [{ quietHoursEnd: '24:00' }, 'quietHoursEnd'],
  [{ auditRetentionDays: 29 }, 'auditRetentionDays'],
  [{ webhookRetentionDays: 0 }, 'webhookRetentionDays'],
  [{ webhookRetentionDays: 1.5 }, 'webhookRetentionDays'],
  [{ messageRetentionDays: 3651 }, 'messageRetentionDays'],
])('%j is wrong in %s', (change, field) => expect(wrongFields(change)).toEqual([field]));

test('a change keeps what it does not name, and writes a language as it is written', () => {
  const settings = changedSettings(good, { name: ' Sunrise ', locale: 'de-at', messageRetentionDays: 365 });
  expect(settings).toEqual({ ...good, name: 'Sunrise', locale: 'de-AT', messageRetentionDays: 365 });
});

test('quiet hours leave some of the day, whichever end is moved', () => {
  const late = { ...good, quietHoursEnd: '12:00' };
  expect(() => changedSettings(late, { quietHoursStart: '12:00' })).toThrow(OrganizationInvalid);
  expect(() => changedSettings(good, { quietHoursEnd: '21:30' })).toThrow(OrganizationInvalid);
  expect(changedSettings(late, { quietHoursStart: '12:01' })).toMatchObject({ quietHoursStart: '12:01' });
});
