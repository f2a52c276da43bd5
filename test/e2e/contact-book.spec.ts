import { Injectable } from '@nestjs/common';
import { newId } from '../../src/common/context';
import { Subscribe, type ListensTo } from '../../src/common/events';
import { ContactBecameHot, Contacts } from '../../src/modules/contacts';
import {
  aMember,
  anOrganization,
  as,
  testApp,
  type Caller,
  type TestApp,
  type TestOrganization,
  etagOf,
} from '../support';

interface Problem {
  code: string;
  errors?: { field: string; code: string }[];
}
interface Contact extends Record<string, unknown> {
  id: string;
  version: number;
}

/** Who listens for hot leads in this test. */
@Injectable()
@Subscribe(ContactBecameHot, 'test.note-hot-lead')
class HotLeads implements ListensTo<ContactBecameHot> {
  readonly seen: string[] = [];
  handle({ payload }: ContactBecameHot): Promise<void> {
    this.seen.push(payload.contactId);
    return Promise.resolve();
  }
}

let app: TestApp;
let clinic: TestOrganization;
let salon: TestOrganization;
let owner: Caller;

beforeAll(async () => {
  app = await testApp({ providers: [HotLeads] });
  clinic = await anOrganization(app);
  salon = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
});
afterAll(() => app.stop());

let digits = 2_000_000;
const aPhone = (): string => `+49151${++digits}`;
async function aContact(given: object = {}, caller = owner): Promise<Contact> {
  const { body } = await caller.post('/contacts', { name: 'Dana', ...given }).expect(201);
  return body as Contact;
}
const errorsOf = (body: unknown): string[] =>
  ((body as Problem).errors ?? []).map(({ field, code }) => `${field}: ${code}`);

describe('POST /api/v1/contacts', () => {
  it('adds a contact in its normal form, with its version as ETag', async () => {
    const phone = aPhone();
    const { body, headers } = await owner
      .post('/contacts', {
        name: ' Dana  Weber ',
        phone: phone.replace('+49', '0'),
        email: 'Dana@Example.COM',
        serviceInterests: ['haircut'],
        tags: ['VIP', 'vip'],
        leadScore: 'warm',
        notes: 'Prefers mornings',
      })
      .expect(201);
    expect(headers['etag']).toBe(etagOf(clinic.orgId, 1));
    expect(body).toEqual({
      id: expect.any(String),
      name: 'Dana Weber',
      timezone: null,
      phone,
      whatsappId: null,
      email: 'dana@example.com',
      serviceInterests: ['haircut'],
      tags: ['VIP'],
      leadScore: 'warm',
      leadStatus: 'new',
      leadStatusReason: null,
      lastContactAt: null,
      customFields: {},
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      notes: 'Prefers mornings',
    });
    const { id } = body as Contact;
    expect((await owner.get(`/contacts/${id}`).expect(200)).body).toEqual(body);
  });

  it('tells every field that is not right at once, and adds nothing', async () => {
    const count = () => app.db.query('SELECT id FROM contacts WHERE org_id = $1', [clinic.orgId]);
    const before = await count();
    const { body } = await owner
      .post('/contacts', {
        phone: '123',
        email: 'nobody',
        leadScore: 'boiling',
        tags: 'vip',
        customFields: { x: 1 },
      })
      .expect(422);
    expect((body as Problem).code).toBe('contact_invalid');
    expect(errorsOf(body)).toEqual([
      'phone: bad_phone',
      'email: bad_email',
      'tags: wrong_type',
      'leadScore: not_an_option',
      'customFields.x: unknown_field',
    ]);
    expect(await count()).toHaveLength(before.length);
  });

  it('twenty at once with one phone make one, and nineteen are told by field', async () => {
    const phone = aPhone();
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.post('/contacts', { phone })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(19);
    for (const { body } of refused) expect(errorsOf(body)).toEqual(['phone: phone_taken']);
    await as(app, salon.ownerToken).post('/contacts', { phone }).expect(201);
  });

  it('two contacts may share an address', async () => {
    await aContact({ email: 'family@example.com' });
    await aContact({ email: 'family@example.com' });
  });

  it('with one Idempotency-Key adds one', async () => {
    const key = newId();
    const add = () => owner.post('/contacts', { name: 'Once' }).set('idempotency-key', key).expect(201);
    const [first, second] = [await add(), await add()];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });
});

describe('PATCH /api/v1/contacts/:id', () => {
  it('changes what is given; null takes away, what is left out stays', async () => {
    const { id } = await aContact({ phone: aPhone(), email: 'a@example.com', tags: ['a'], notes: 'n' });
    const { body, headers } = await owner
      .patch(`/contacts/${id}`, { email: null, tags: ['b', 'c'] })
      .expect(200);
    expect(body).toMatchObject({ name: 'Dana', email: null, tags: ['b', 'c'], notes: 'n', version: 2 });
    expect(headers['etag']).toBe(etagOf(clinic.orgId, 2));
    const same = await owner.patch(`/contacts/${id}`, {}).expect(200);
    expect((same.body as Contact).version).toBe(2);
  });

  it('of many with the ETag that all of them read, one succeeds', async () => {
    const { id } = await aContact();
    const answers = await Promise.all(
      ['A', 'B', 'C', 'D'].map((name) =>
        owner.patch(`/contacts/${id}`, { name }).set('if-match', etagOf(clinic.orgId, 1)),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it("refuses another contact's phone by field", async () => {
    const phone = aPhone();
    await aContact({ phone });
    const { id } = await aContact();
    const { body } = await owner.patch(`/contacts/${id}`, { phone }).expect(409);
    expect(errorsOf(body)).toEqual(['phone: phone_taken']);
  });

  it("answers 404 for another organization's contact, as for an absent one", async () => {
    const { id } = await aContact();
    const stranger = as(app, salon.ownerToken);
    const foreign = await stranger.patch(`/contacts/${id}`, { name: 'X' }).expect(404);
    const absent = await stranger.patch(`/contacts/${newId()}`, { name: 'X' }).expect(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  });

  it('is in the audit trail', async () => {
    const { id } = await aContact();
    await owner.patch(`/contacts/${id}`, { leadScore: 'cold' }).expect(200);
    const rows = await app.db.query(
      'SELECT operation, actor, new_values FROM audit_logs WHERE record_id = $1 ORDER BY created_at',
      [id],
    );
    expect(rows).toMatchObject([
      { operation: 'INSERT', actor: clinic.ownerId },
      { operation: 'UPDATE', actor: clinic.ownerId, new_values: { lead_score: 'cold' } },
    ]);
  });
});

it('a viewer reads and can change nothing; an agent works with contacts and not with their fields', async () => {
  const { id } = await aContact();
  const viewer = as(app, (await aMember(app, clinic.orgId, 'viewer')).token);
  const agent = as(app, (await aMember(app, clinic.orgId, 'agent')).token);
  const { body: field } = await owner
    .post('/contact-fields', { key: 'locker', label: 'Locker', type: 'text' })
    .expect(201);
  const fieldPath = `/contact-fields/${(field as Contact).id}`;
  for (const caller of [viewer, agent]) {
    await caller.get(`/contacts/${id}`).expect(200);
    await caller.get('/contacts').expect(200);
    await caller.get('/contact-fields').expect(200);
    await caller.post('/contact-fields', { key: 'x', label: 'X', type: 'text' }).expect(403);
    await caller.patch(fieldPath, { label: 'X' }).expect(403);
    await caller.delete(fieldPath).expect(403);
  }
  await viewer.post('/contacts', { name: 'X' }).expect(403);
  await viewer.patch(`/contacts/${id}`, { name: 'X' }).expect(403);
  await agent.patch(`/contacts/${id}`, { name: 'Y' }).expect(200);
  await owner.delete(fieldPath).expect(204);
});

describe('the way of a lead', () => {
  const move = (id: string, leadStatus: string, leadStatusReason?: string) =>
    owner.patch(`/contacts/${id}`, { leadStatus, leadStatusReason });

  it('goes forward over any steps, is lost and reopened with reasons, and all of it is kept', async () => {
    const { id } = await aContact();
    await move(id, 'qualified').expect(200);
    await move(id, 'lost', 'Too expensive').expect(200);
    const { body } = await move(id, 'contacted').expect(200);
    expect(body).toMatchObject({ leadStatus: 'contacted', leadStatusReason: null });
    const rows = await app.db.query(
      'SELECT from_status, to_status, reason, actor_type, actor_id FROM lead_status_changes WHERE contact_id = $1 ORDER BY id',
      [id],
    );
    const by = { actor_type: 'user', actor_id: clinic.ownerId };
    expect(rows).toEqual([
      { from_status: 'new', to_status: 'qualified', reason: null, ...by },
      { from_status: 'qualified', to_status: 'lost', reason: 'Too expensive', ...by },
      { from_status: 'lost', to_status: 'contacted', reason: null, ...by },
    ]);
  });

  it('does not go back, and nothing else of the request happens', async () => {
    const { id } = await aContact({ leadStatus: 'booked' });
    const { body } = await owner.patch(`/contacts/${id}`, { leadStatus: 'new', name: 'Other' }).expect(409);
    expect((body as Problem).code).toBe('lead_move_refused');
    expect(errorsOf(body)).toEqual(['leadStatus: lead_move_refused']);
    expect((await owner.get(`/contacts/${id}`)).body).toMatchObject({ leadStatus: 'booked', name: 'Dana' });
  });

  it('becoming hot is news, once', async () => {
    const hot = await aContact({ leadScore: 'hot' });
    const warm = await aContact({ leadScore: 'warm' });
    await owner.patch(`/contacts/${warm.id}`, { leadScore: 'hot' }).expect(200);
    await owner.patch(`/contacts/${warm.id}`, { leadScore: 'hot', name: 'Still hot' }).expect(200);
    await app.settled();
    const { seen } = app.nest.get(HotLeads);
    expect(seen.filter((id) => id === hot.id)).toHaveLength(1);
    expect(seen.filter((id) => id === warm.id)).toHaveLength(1);
  });

  it('reaching out is noted forward only, and makes a new lead a contacted one', async () => {
    const contacts = app.nest.get(Contacts);
    const { id } = await aContact();
    const contactIds = [id] as unknown as Parameters<Contacts['noteOutreach']>[0];
    const note = (work: () => Promise<void>) => app.database.runInOrg(clinic.scope, work);
    const read = async () => (await owner.get(`/contacts/${id}`)).body as Contact;
    const [early, late] = [new Date('2026-01-05T10:00:00.123Z'), new Date('2026-02-05T10:00:00.456Z')];
    await note(() => contacts.noteOutreach(contactIds, late));
    const noted = { leadStatus: 'contacted', lastContactAt: late.toISOString(), version: 2 };
    expect(await read()).toMatchObject(noted);
    await note(() => contacts.noteOutreach(contactIds, early));
    expect(await read()).toMatchObject(noted);
    await owner.patch(`/contacts/${id}`, { leadStatus: 'lost', leadStatusReason: 'Moved' }).expect(200);
    await note(() => contacts.noteOutreach(contactIds, new Date()));
    expect(await read()).toMatchObject({ leadStatus: 'lost', leadStatusReason: 'Moved' });
  });
});

describe('fields of the organization', () => {
  const define = (field: object) => owner.post('/contact-fields', field);

  it('are defined, validated on write, merged on change, and filtered by', async () => {
    await define({ key: 'company', label: ' Company ', type: 'text' }).expect(201);
    await define({ key: 'visits', label: 'Visits', type: 'number' }).expect(201);
    await define({ key: 'size', label: 'Size', type: 'choice', options: ['S', 'M', 'm'] }).expect(201);
    const { id } = await aContact({ customFields: { company: 'Weber Ltd', visits: 3 } });
    const wrong = await owner
      .patch(`/contacts/${id}`, { customFields: { visits: 'three', size: 'L' } })
      .expect(422);
    expect(errorsOf(wrong.body)).toEqual([
      'customFields.visits: wrong_type',
      'customFields.size: not_an_option',
    ]);
    const { body } = await owner
      .patch(`/contacts/${id}`, { customFields: { visits: null, size: 'M' } })
      .expect(200);
    expect((body as Contact)['customFields']).toEqual({ company: 'Weber Ltd', size: 'M' });
    const found = await owner.get('/contacts?customField=company:weber%20LTD&customField=size:m').expect(200);
    expect((found.body as { items: Contact[] }).items.map((item) => item.id)).toEqual([id]);
    for (const filter of ['visits:3', 'size:S', 'no_such:1'])
      expect((await owner.get(`/contacts?customField=${filter}`).expect(200)).body).toMatchObject({
        items: [],
      });
  });

  it('a definition is right or told by field, its key is taken once', async () => {
    await define({ key: 'once', label: 'Once', type: 'date' }).expect(201);
    expect(
      ((await define({ key: 'once', label: 'Twice', type: 'text' }).expect(409)).body as Problem).code,
    ).toBe('contact_field_key_taken');
    await define({ key: 'Upper', label: 'X', type: 'text' }).expect(422);
    await define({ key: 'a', label: '', type: 'text' }).expect(422);
    await define({ key: 'b', label: 'B', type: 'money' }).expect(422);
    expect(errorsOf((await define({ key: 'c', label: 'C', type: 'choice' }).expect(422)).body)).toEqual([
      'options: required',
    ]);
    expect(
      errorsOf((await define({ key: 'd', label: 'D', type: 'text', options: ['x'] }).expect(422)).body),
    ).toEqual(['options: not_allowed']);
  });

  it('is renamed with If-Match; its key and type stay', async () => {
    const { body } = await define({ key: 'pet', label: 'Pet', type: 'choice', options: ['cat'] }).expect(201);
    const { id } = body as Contact;
    const change = (to: object, version = 1) =>
      owner.patch(`/contact-fields/${id}`, to).set('if-match', etagOf(clinic.orgId, version));
    const renamed = await change({ label: 'Animal', options: ['cat', 'dog'] }).expect(200);
    expect(renamed.body).toMatchObject({ key: 'pet', label: 'Animal', options: ['cat', 'dog'], version: 2 });
    await change({ label: 'X' }).expect(412);
    await change({ options: [] }, 2).expect(422);
    await change({ type: 'text' }, 2).expect(422);
    expect((await owner.get(`/contact-fields/${id}`).expect(200)).body).toEqual(renamed.body);
  });

  it('is deleted with its values; until they are gone its key cannot be had', async () => {
    const { body } = await define({ key: 'shoe', label: 'Shoe', type: 'number' }).expect(201);
    const { id } = body as Contact;
    const contact = await aContact({ customFields: { shoe: 42 } });
    await owner.delete(`/contact-fields/${id}`).expect(204);
    await owner.get(`/contact-fields/${id}`).expect(404);
    await app.settled();
    const { body: after } = await owner.get(`/contacts/${contact.id}`);
    expect((after as Contact)['customFields']).toEqual({});
    expect((await owner.get('/contacts?customField=shoe:42')).body).toMatchObject({ items: [] });
    await define({ key: 'shoe', label: 'Shoe', type: 'text' }).expect(201);
  });

  it('of another organization are neither seen nor usable', async () => {
    const stranger = as(app, salon.ownerToken);
    const { body } = await define({ key: 'secret', label: 'Secret', type: 'text' }).expect(201);
    const { id } = body as Contact;
    await stranger.get(`/contact-fields/${id}`).expect(404);
    await stranger.patch(`/contact-fields/${id}`, { label: 'Mine' }).expect(404);
    await stranger.delete(`/contact-fields/${id}`).expect(404);
    expect((await stranger.get('/contact-fields').expect(200)).body).toEqual([]);
    const { body: refused } = await stranger.post('/contacts', { name: 'X', customFields: { secret: 'x' } });
    expect(errorsOf(refused)).toEqual(['customFields.secret: unknown_field']);
  });

  it('are at most fifty, also when many are added at once', async () => {
    const organization = await anOrganization(app);
    const other = as(app, organization.ownerToken);
    const answers = await Promise.all(
      Array.from({ length: 55 }, (_, i) =>
        other.post('/contact-fields', { key: `f${i}`, label: `F ${i}`, type: 'text' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
  });

  it('that is required is required of new contacts', async () => {
    const organization = await anOrganization(app);
    const other = as(app, organization.ownerToken);
    await other
      .post('/contact-fields', { key: 'plate', label: 'Plate', type: 'text', required: true })
      .expect(201);
    const { body } = await other.post('/contacts', { name: 'X' }).expect(422);
    expect(errorsOf(body)).toEqual(['customFields.plate: required']);
    await other.post('/contacts', { name: 'X', customFields: { plate: 'B-X 1' } }).expect(201);
  });
});
