import { newId, systemScope } from '../../src/common/context';
import { Contacts, type ContactSighting } from '../../src/modules/contacts';
import {
  aMember,
  anApiKey,
  anOrganization,
  as,
  testApp,
  type TestApp,
  type TestOrganization,
} from '../support';

let app: TestApp;
let clinic: TestOrganization;
let salon: TestOrganization;
let contacts: Contacts;

beforeAll(async () => {
  app = await testApp();
  contacts = app.nest.get(Contacts);
  clinic = await anOrganization(app);
  salon = await anOrganization(app);
});
afterAll(() => app.stop());

let digits = 1_000_000;
const aPhone = (): string => `+49151${++digits}`;

function aSighting(given: Partial<ContactSighting> = {}): ContactSighting {
  return { phone: aPhone(), whatsappId: null, name: 'Dana', at: new Date('2026-01-05T10:00:00Z'), ...given };
}

const see = (sighting: ContactSighting, { orgId } = clinic) =>
  app.database.runInOrg(systemScope(orgId), () => contacts.findOrCreate(sighting));

const stored = async (id: string) => {
  const [row] = await app.db.query<Record<string, unknown>>('SELECT * FROM contacts WHERE id = $1', [id]);
  return row;
};

describe('finding or making a contact', () => {
  test('makes one for someone new and finds it again', async () => {
    const sighting = aSighting();
    const first = await see(sighting);
    const second = await see(sighting);
    expect(first.created).toBe(true);
    expect(second).toEqual({ contactId: first.contactId, created: false });
    expect(await stored(first.contactId)).toMatchObject({
      org_id: clinic.orgId,
      name: 'Dana',
      phone: sighting.phone,
      lead_status: 'new',
      last_contact_at: sighting.at,
    });
  });

  test('twenty at once make one', async () => {
    const sighting = aSighting();
    const found = await Promise.all(Array.from({ length: 20 }, () => see(sighting)));
    expect(new Set(found.map(({ contactId }) => contactId)).size).toBe(1);
    expect(found.filter(({ created }) => created)).toHaveLength(1);
  });

  test('the same phone in another organization is another contact', async () => {
    const sighting = aSighting();
    const here = await see(sighting);
    const there = await see(sighting, salon);
    expect(there.created).toBe(true);
    expect(there.contactId).not.toBe(here.contactId);
  });

  test('fills an empty name and never replaces one', async () => {
    const nameless = aSighting({ name: '  ' });
    const { contactId } = await see(nameless);
    expect((await stored(contactId))?.['name']).toBeNull();
    await see({ ...nameless, name: 'Dana' });
    await see({ ...nameless, name: 'Someone else' });
    expect((await stored(contactId))?.['name']).toBe('Dana');
  });

  test('moves the last contact forward only', async () => {
    const late = aSighting({ at: new Date('2026-02-01T00:00:00Z') });
    const { contactId } = await see(late);
    await see({ ...late, at: new Date('2026-01-01T00:00:00Z') });
    expect((await stored(contactId))?.['last_contact_at']).toEqual(late.at);
  });

  test('someone without a number is known by the WhatsApp id, and the number is added when it shows', async () => {
    const hidden = aSighting({ phone: null, whatsappId: 'DE.1349210987654321' });
    const { contactId } = await see(hidden);
    const shown = { ...hidden, phone: aPhone() };
    expect(await see(shown)).toEqual({ contactId, created: false });
    expect(await stored(contactId)).toMatchObject({ phone: shown.phone, whatsapp_id: 'DE.1349210987654321' });
  });

  test('a phone and a WhatsApp id of two contacts stay with their contacts; the phone decides', async () => {
    const byPhone = await see(aSighting({ phone: '+4915100000001' }));
    const byId = await see(aSighting({ phone: null, whatsappId: 'DE.42' }));
    const both = await see(aSighting({ phone: '+4915100000001', whatsappId: 'DE.42' }));
    expect(both.contactId).toBe(byPhone.contactId);
    expect((await stored(byPhone.contactId))?.['whatsapp_id']).toBeNull();
    expect((await stored(byId.contactId))?.['phone']).toBeNull();
  });

  test('a name is kept as one line of at most 200 characters, and no character is cut in two', async () => {
    const { contactId } = await see(aSighting({ name: `a\u0000\nb${'😀'.repeat(300)}` }));
    expect((await stored(contactId))?.['name']).toBe(`a b${'😀'.repeat(197)}`);
  });

  test('nobody is seen without an address', async () => {
    await expect(see(aSighting({ phone: null }))).rejects.toThrow(TypeError);
  });
});

describe('GET /api/v1/contacts/:id', () => {
  test('shows a contact to every role and to an API key with the scope', async () => {
    const sighting = aSighting();
    const { contactId } = await see(sighting);
    for (const role of ['owner', 'admin', 'agent', 'viewer'] as const) {
      const { token } = await aMember(app, clinic.orgId, role);
      const { body } = await as(app, token).get(`/contacts/${contactId}`).expect(200);
      expect(body).toEqual({
        id: contactId,
        name: 'Dana',
        timezone: null,
        phone: sighting.phone,
        whatsappId: null,
        email: null,
        serviceInterests: [],
        tags: [],
        leadScore: null,
        leadStatus: 'new',
        leadStatusReason: null,
        customFields: {},
        version: 1,
        lastContactAt: sighting.at.toISOString(),
        notes: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      });
    }
    const key = await anApiKey(app, clinic.orgId, ['contacts.read']);
    await as(app, key).get(`/contacts/${contactId}`).expect(200);
    const other = await anApiKey(app, clinic.orgId, ['audit.read']);
    await as(app, other).get(`/contacts/${contactId}`).expect(403);
    await app.http().get(`/api/v1/contacts/${contactId}`).expect(401);
  });

  test("another organization's contact and an absent one are the same 404", async () => {
    const { contactId } = await see(aSighting());
    const foreign = await as(app, salon.ownerToken).get(`/contacts/${contactId}`).expect(404);
    const absent = await as(app, salon.ownerToken).get(`/contacts/${newId()}`).expect(404);
    expect(foreign.body).toEqual({ ...absent.body, requestId: foreign.body.requestId });
    expect(foreign.body.code).toBe('contact_not_found');
  });
});
