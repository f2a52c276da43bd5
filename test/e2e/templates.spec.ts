import { newId } from '../../src/common/context';
import {
  aMember,
  anOrganization,
  as,
  etagOf,
  testApp,
  type Caller,
  type TestApp,
  type TestOrganization,
} from '../support';

let app: TestApp;
let clinic: TestOrganization;
let owner: Caller;
let agent: Caller;
let stranger: Caller;

beforeAll(async () => {
  app = await testApp();
  clinic = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
  agent = as(app, (await aMember(app, clinic.orgId, 'agent')).token);
  stranger = as(app, (await anOrganization(app)).ownerToken);
});
afterAll(() => app.stop());

const NAME = { name: 'name', type: 'text', example: 'Ada', maxLength: 20 };
const DAY = { name: 'day', type: 'date', example: '2026-01-09', maxLength: 10 };
let names = 0;

const aTemplate = (change: object = {}) => ({
  name: `Moved ${++names}`,
  language: 'en',
  consentPurpose: 'transactional',
  body: 'Hi {{name}}, your appointment is moved to {{day}}.',
  variables: [NAME, DAY],
  ...change,
});

async function created(
  change: object = {},
): Promise<{ id: string; version: number } & Record<string, unknown>> {
  const { body } = await owner.post('/message-templates', aTemplate(change)).expect(201);
  return body as { id: string; version: number } & Record<string, unknown>;
}

const codes = (body: { errors?: { field: string; code: string }[] }) =>
  body.errors?.map(({ field, code }) => `${field} ${code}`);

describe('a text template', () => {
  it('is added, and read by whoever reads conversations', async () => {
    const template = await created({
      name: ' Appointment moved ',
      body: ' Hi {{name}},\r\nsee you on {{day}}. ',
    });
    expect(template).toMatchObject({
      kind: 'text',
      name: 'Appointment moved',
      language: 'en',
      consentPurpose: 'transactional',
      body: 'Hi {{name}},\nsee you on {{day}}.',
      variables: [NAME, DAY],
      isActive: true,
      provider: null,
      version: 1,
    });
    const { body, headers } = await agent.get(`/message-templates/${template.id}`).expect(200);
    expect(body).toEqual(template);
    expect(headers['etag']).toBe(etagOf(clinic.orgId, 1));
  });

  it('is kept with the tag of its language as all programs write it', async () => {
    expect(await created({ language: 'PT_br' })).toMatchObject({ language: 'pt-BR' });
  });

  it('is not saved while anything is wrong about it, and all of that is told', async () => {
    const wrong = aTemplate({
      body: 'Hi {{nobody}} {{ day }}',
      language: 'not a language',
      variables: [NAME, { ...DAY, example: 'Monday' }],
    });
    const { body } = await owner.post('/message-templates', wrong).expect(422);
    expect(body.code).toBe('template_invalid');
    expect(codes(body)).toEqual([
      'language language',
      'body malformed_placeholder',
      'body undeclared_variable',
      'variables.0.name unused_variable',
      'variables.1.name unused_variable',
      'variables.1.example date',
    ]);
    const { body: list } = await owner.get(`/message-templates?search=${encodeURIComponent(wrong.name)}`);
    expect(list.items).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'a variable named like a part of every object',
      { variables: [{ ...NAME, name: 'constructor' }] },
      'variables.0.name isNotIn',
    ],
    ['a type that there is not', { variables: [{ ...NAME, type: 'json' }] }, 'variables.0.type isIn'],
    ['a purpose that there is not', { consentPurpose: 'any' }, 'consentPurpose isIn'],
    ['a field that there is not', { approval: 'approved' }, 'approval whitelistValidation'],
    ['a name of several lines', { name: 'a\nb' }, 'name matches'],
  ])('%s is refused by field', async (_what, change, complaint) => {
    const { body } = await owner.post('/message-templates', aTemplate(change)).expect(422);
    expect(codes(body)).toContain(complaint);
  });

  it('does not ask for a word that changes consent, and says why', async () => {
    const asking = aTemplate({ body: 'Reply CANCEL to cancel your appointment.', variables: [] });
    const { body } = await owner.post('/message-templates', asking).expect(422);
    expect(body).toMatchObject({
      code: 'template_invalid',
      errors: [{ field: 'body', code: 'reserved_word', message: expect.stringContaining('CANCEL') }],
    });
    const word = { name: 'word', type: 'text', example: 'YES', maxLength: 20 };
    const { id } = await created({
      body: 'Reply {{word}} to confirm your appointment.',
      variables: [{ ...word, example: 'C' }],
    });
    const { body: refused } = await owner
      .patch(`/message-templates/${id}`, { variables: [word] })
      .expect(422);
    expect(codes(refused)).toEqual(['body reserved_word']);
    await created({ body: 'Offers on Friday. Reply STOP to unsubscribe.', variables: [] });
  });

  it('has a name of its own in its language', async () => {
    await created({ name: 'Same' });
    await created({ name: 'Same', language: 'de' });
    const { body } = await owner.post('/message-templates', aTemplate({ name: 'Same' })).expect(409);
    expect(body.code).toBe('template_name_taken');
    await stranger.post('/message-templates', aTemplate({ name: 'Same' })).expect(201);
  });

  it('is added once for one Idempotency-Key', async () => {
    const template = aTemplate();
    const [first, second] = [
      await owner.post('/message-templates', template).set('idempotency-key', template.name).expect(201),
      await owner.post('/message-templates', template).set('idempotency-key', template.name).expect(201),
    ];
    expect(second.body.id).toBe(first.body.id);
  });

  it('is written by owners and admins alone', async () => {
    const { id } = await created();
    await agent.post('/message-templates', aTemplate()).expect(403);
    await agent.patch(`/message-templates/${id}`, { isActive: false }).expect(403);
    await agent.delete(`/message-templates/${id}`).expect(403);
  });

  it('is changed as a whole: what is left out stays, and the rules hold for all of it', async () => {
    const { id } = await created();
    const { body: off } = await owner
      .patch(`/message-templates/${id}`, { isActive: false, consentPurpose: 'marketing' })
      .expect(200);
    expect(off).toMatchObject({
      isActive: false,
      consentPurpose: 'marketing',
      variables: [NAME, DAY],
      version: 2,
    });
    const { body: refused } = await owner
      .patch(`/message-templates/${id}`, { body: 'Hi {{name}}' })
      .expect(422);
    expect(codes(refused)).toEqual(['variables.1.name unused_variable']);
    const { body: shorter } = await owner
      .patch(`/message-templates/${id}`, { body: 'Hi {{name}}', variables: [NAME] })
      .expect(200);
    expect(shorter).toMatchObject({ body: 'Hi {{name}}', variables: [NAME] });
  });

  it('is not changed or deleted by someone who saw another version', async () => {
    const { id } = await created();
    const tag = etagOf(clinic.orgId, 1);
    await owner.patch(`/message-templates/${id}`, { language: 'de' }).set('if-match', tag).expect(200);
    await owner.patch(`/message-templates/${id}`, { language: 'en' }).set('if-match', tag).expect(412);
    await owner.delete(`/message-templates/${id}`).set('if-match', tag).expect(412);
    await owner.delete(`/message-templates/${id}`).set('if-match', etagOf(clinic.orgId, 2)).expect(204);
    await owner.get(`/message-templates/${id}`).expect(404);
  });

  it('of another organization is not there', async () => {
    const { id } = await created();
    for (const absent of [id, newId()]) {
      expect((await stranger.get(`/message-templates/${absent}`).expect(404)).body.code).toBe(
        'template_not_found',
      );
      await stranger.patch(`/message-templates/${absent}`, { isActive: false }).expect(404);
      await stranger.delete(`/message-templates/${absent}`).expect(404);
      await stranger.post(`/message-templates/${absent}/preview`, { variables: {} }).expect(404);
    }
  });
});

describe('a preview', () => {
  const preview = async (id: string, variables: unknown) =>
    (await agent.post(`/message-templates/${id}/preview`, { variables })).body;

  it('shows what a person would read, and how long it is as SMS', async () => {
    const { id } = await created();
    expect(await preview(id, { name: 'Ann', day: '2026-03-01' })).toEqual({
      text: 'Hi Ann, your appointment is moved to March 1, 2026.',
      sms: { encoding: 'gsm7', units: 51, segments: 1 },
    });
    expect(await preview(id, { name: '漢', day: '2026-03-01' })).toMatchObject({
      sms: { encoding: 'ucs2', segments: 1 },
    });
  });

  it('puts a value in as it is, whatever stands in it', async () => {
    const { id } = await created();
    expect(await preview(id, { name: '{{day}} $& $1', day: '2026-03-01' })).toMatchObject({
      text: 'Hi {{day}} $& $1, your appointment is moved to March 1, 2026.',
    });
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', {}, ['variables.name required', 'variables.day required']],
    ['too much', { name: 'A', day: '2026-03-01', x: '1' }, ['variables.x unknown_variable']],
    ['other types', { name: 7, day: 'soon' }, ['variables.name text', 'variables.day date']],
    ['line ends', { name: 'A\nB', day: '2026-03-01' }, ['variables.name control_characters']],
    ['a long value', { name: 'A'.repeat(21), day: '2026-03-01' }, ['variables.name too_long']],
    ['a list', ['A'], ['variables isObject']],
  ])('is refused with %s', async (_what, variables, expected) => {
    const { id } = await created();
    expect(codes(await preview(id, variables))).toEqual(expected);
  });
});

describe('the list', () => {
  it('is filtered, searched by the beginning of the name, and paged', async () => {
    const marketing = await created({ name: 'Zebra offer', consentPurpose: 'marketing', language: 'fr' });
    const plain = await created({ name: 'zebra note', language: 'fr' });
    const ids = async (query: string) => {
      const { body } = await agent.get(`/message-templates?${query}`).expect(200);
      return (body as { items: { id: string }[] }).items.map(({ id }) => id);
    };
    expect(await ids('search=ZEB')).toEqual([plain.id, marketing.id]);
    expect(await ids('search=offer')).toEqual([]);
    expect(await ids('language=fr&purpose=marketing')).toEqual([marketing.id]);
    expect(await ids('kind=provider')).toEqual([]);
    expect(await ids('approval=approved')).toEqual([]);

    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; nextCursor: string | null } } = await agent
        .get(`/message-templates?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        .expect(200);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort().reverse()).toEqual(seen);
    expect(seen.length).toBeGreaterThan(9);
    await agent.get(`/message-templates?kind=other`).expect(422);
  });
});
