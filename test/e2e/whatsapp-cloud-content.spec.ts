import type { Uuid } from '../../src/common/context';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import {
  aPdf,
  aPng,
  anOrganization,
  as,
  testApp,
  uploadMedia,
  type Caller,
  type TestApp,
  type TestOrganization,
} from '../support';
import { aCloud, aCloudConnection, type CloudConnection } from '../support/cloud';

let cloud: WhatsappCloudSimulator;
let app: TestApp;
let clinic: TestOrganization;
let owner: Caller;
let desk: CloudConnection;
let thread: Uuid;

const CUSTOMER = '+4915116001234';

beforeAll(async () => {
  cloud = await aCloud();
  app = await testApp({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url } });
  clinic = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
  desk = await aCloudConnection(app, cloud, clinic.ownerToken);
  await cloud.receive({ numberId: desk.number.numberId, from: CUSTOMER, text: 'Hello' });
  await quiet();
  thread = await threadWith(CUSTOMER);
});
afterEach(() => cloud.faults.clear());
afterAll(async () => {
  await app.stop();
  await cloud.close();
});

async function quiet(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await app.settled();
    await cloud.idle();
  }
  await app.settled();
}

async function threadWith(address: string): Promise<Uuid> {
  const [row] = await app.db.query<{ id: Uuid }>(
    'SELECT id FROM conversations WHERE org_id = $1 AND contact_address = $2',
    [clinic.orgId, address],
  );
  if (!row) throw new Error('there is no thread');
  return row.id;
}

const send = (body: object) => owner.post(`/conversations/${thread}/messages`, body);
const lastSent = () => cloud.messages({ to: CUSTOMER }).at(-1)!.request;

describe('files of customers', () => {
  const incoming = async () => {
    const [row] = await app.db.query<{ id: Uuid; status: string; error_code: string | null }>(
      `SELECT id, status, error_code FROM media_files WHERE direction = 'incoming' ORDER BY id DESC LIMIT 1`,
    );
    return row;
  };

  test('are fetched in two steps, byte for byte', async () => {
    const content = aPng(20_000);
    const media = { content, contentType: 'image/png', caption: 'My tooth' };
    await cloud.receive({ numberId: desk.number.numberId, from: CUSTOMER, media });
    await quiet();
    const file = await incoming();
    expect(file).toMatchObject({ status: 'stored', error_code: null });
    const { body } = await owner.get(`/media/${file?.id}`).expect(200);
    const answer = await fetch((body as { url: string }).url);
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
    const { body: page } = await owner.get(`/conversations/${thread}/messages`).expect(200);
    expect((page as { items: { text: string }[] }).items[0]).toMatchObject({ text: 'My tooth' });
  });

  test('that Meta has forgotten are not had', async () => {
    const media = { id: '1234567890', mime_type: 'image/png', sha256: 'x' };
    await cloud.receive({
      numberId: desk.number.numberId,
      from: CUSTOMER,
      content: { type: 'image', image: media },
    });
    await quiet();
    expect(await incoming()).toMatchObject({ status: 'refused', error_code: 'not_found' });
  });
});

describe('files of ours', () => {
  const upload = async (content: Buffer, type: string, name?: string): Promise<Uuid> => {
    const query = name === undefined ? '' : `?fileName=${name}`;
    const { body } = await uploadMedia(app, clinic.ownerToken, content, { type, query }).expect(201);
    return (body as { id: Uuid }).id;
  };

  test('a picture goes with its text', async () => {
    const content = aPng(1_000);
    await send({ text: 'This is us', mediaIds: [await upload(content, 'image/png')] }).expect(201);
    await quiet();
    const { type, image } = lastSent() as { type: string; image: { link: string; caption: string } };
    expect([type, image.caption]).toEqual(['image', 'This is us']);
    const answer = await fetch(image.link);
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
  });

  test('a document goes with its name', async () => {
    await send({ mediaIds: [await upload(aPdf(), 'application/pdf', 'price-list.pdf')] }).expect(201);
    await quiet();
    expect(lastSent()).toMatchObject({ type: 'document', document: { filename: 'price-list.pdf' } });
  });

  test('a text that is too long beside a file is not taken', async () => {
    const id = await upload(aPng(10), 'image/png');
    const { body } = await send({ text: 'x'.repeat(1_025), mediaIds: [id] }).expect(422);
    expect(body).toMatchObject({ code: 'media_not_sendable', errors: [{ field: 'text', code: 'too_long' }] });
    await send({ text: 'x'.repeat(1_024), mediaIds: [id] }).expect(201);
  });
});

describe('templates', () => {
  interface Shown {
    id: Uuid;
    body: string | null;
    consentPurpose: string;
    variables: { name: string; example: string }[];
    provider: { contentId: string; approval: string; contentType: string; rejectionReason: string | null };
  }

  async function synced(): Promise<Map<string, Shown>> {
    await owner.post('/message-templates/sync', { connectionId: desk.id }).expect(202);
    await app.settled();
    const { body } = await owner.get('/message-templates?kind=provider&limit=200').expect(200);
    return new Map((body as { items: Shown[] }).items.map((item) => [item.provider.contentId, item]));
  }

  beforeAll(() => {
    const { accountId } = desk.number;
    cloud.addTemplate({
      accountId,
      name: 'moved',
      language: 'en_US',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'For {{1}}', example: { header_text: ['Ada'] } },
        {
          type: 'BODY',
          text: 'Hi {{1}}, see you on {{2}}.',
          example: { body_text: [['Ada', 'Friday']] },
        },
        {
          type: 'BUTTONS',
          buttons: [
            {
              type: 'URL',
              text: 'Open',
              url: 'https://salon.example/{{1}}',
              example: ['https://salon.example/a'],
            },
          ],
        },
      ],
    });
    cloud.addTemplate({
      accountId,
      name: 'offer',
      language: 'de',
      category: 'MARKETING',
      parameterFormat: 'NAMED',
      components: [
        {
          type: 'BODY',
          text: 'Hallo {{first_name}}',
          example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ada' }] },
        },
      ],
    });
    cloud.addTemplate({ accountId, name: 'no', status: 'REJECTED' });
    cloud.addTemplate({
      accountId,
      name: 'with_picture',
      components: [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'Look' },
      ],
    });
    // More than a page.
    for (let i = 0; i < 120; i++) cloud.addTemplate({ accountId, name: `many_${i}` });
  });

  test('are read, all of them, with their variables and what became of them', async () => {
    const templates = await synced();
    expect(templates.size).toBe(124);
    expect(templates.get('moved/en_US')).toMatchObject({
      body: 'Hi {{1}}, see you on {{2}}.',
      consentPurpose: 'transactional',
      variables: [
        { name: 'HEADER_1', example: 'Ada' },
        { name: '1', example: 'Ada' },
        { name: '2', example: 'Friday' },
        { name: 'BUTTON0_1', example: 'https://salon.example/a' },
      ],
      provider: { approval: 'approved', contentType: 'whatsapp/utility' },
    });
    expect(templates.get('offer/de')).toMatchObject({
      consentPurpose: 'marketing',
      variables: [{ name: 'first_name', example: 'Ada' }],
    });
    expect(templates.get('no/en')).toMatchObject({ provider: { approval: 'rejected' } });
    expect(templates.get('with_picture/en')).toMatchObject({ provider: { approval: 'disabled' } });
  });

  test('are sent, filled in', async () => {
    const template = (await synced()).get('moved/en_US');
    const variables = { HEADER_1: 'Zoë', 1: 'Ann', 2: '12:30', BUTTON0_1: 'x7' };
    await send({ template: { id: template?.id, variables } }).expect(201);
    await quiet();
    expect(lastSent()).toMatchObject({
      type: 'template',
      template: {
        name: 'moved',
        language: { policy: 'deterministic', code: 'en_US' },
        components: expect.arrayContaining([
          { type: 'header', parameters: [{ type: 'text', text: 'Zoë' }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ann' },
              { type: 'text', text: '12:30' },
            ],
          },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'x7' }] },
        ]) as unknown,
      },
    });
    const [row] = await app.db.query('SELECT status, body FROM messages ORDER BY id DESC LIMIT 1');
    expect(row).toEqual({ status: 'delivered', body: 'Hi Ann, see you on 12:30.' });
  });

  test('that Meta paused meanwhile are refused, and the message says so', async () => {
    const template = (await synced()).get('many_7/en');
    const known = cloud.templates().find(({ name }) => name === 'many_7');
    // Nobody is told: it is found out by sending.
    if (known) cloud.addTemplate({ ...known, status: 'PAUSED' });
    const { body } = await send({ template: { id: template?.id, variables: {} } }).expect(201);
    await quiet();
    const { body: message } = await owner.get(`/messages/${(body as { id: string }).id}`).expect(200);
    expect(message).toMatchObject({ status: 'failed', errorCode: 'template_not_approved' });
  });
});

test('who is erased is taken out of what was delivered', async () => {
  const phone = '+4915116009999';
  await cloud.receive({
    numberId: desk.number.numberId,
    from: phone,
    text: 'My secret',
    profileName: 'Dana',
  });
  await quiet();
  const gone = await threadWith(phone);
  await owner.post(`/conversations/${gone}/messages`, { text: 'An answer' }).expect(201);
  await quiet();
  const [row] = await app.db.query<{ id: Uuid }>('SELECT contact_id AS id FROM conversations WHERE id = $1', [
    gone,
  ]);
  await owner.post(`/contacts/${row?.id}/erase`, { reason: 'requested' }).expect(202);
  await app.settled();
  const [left] = await app.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM webhook_logs WHERE payload::text ~ '4915116009999|My secret|Dana'`,
  );
  expect(left).toEqual({ n: 0 });
  const [kept] = await app.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM webhook_logs WHERE payload ? '$forgotten' AND payload->>'id' LIKE 'wamid.%'`,
  );
  expect(kept?.n).toBeGreaterThanOrEqual(3);
});
