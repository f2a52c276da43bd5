import { createHash } from 'node:crypto';
import { startCloudPeer, TEXT, type CloudPeer } from './peer';

describe('the Graph API of the WhatsApp Cloud API simulator', () => {
  let peer: CloudPeer;

  beforeAll(async () => {
    peer = await startCloudPeer();
  });
  afterAll(() => peer.close());
  afterEach(() => {
    peer.posted.length = 0;
    peer.answers.length = 0;
    expect(peer.simulator.violations()).toEqual([]);
  });

  const template = (change: object = {}, parameters: object[] = []) => ({
    ...TEXT,
    type: 'template',
    template: {
      name: 'reminder',
      language: { policy: 'deterministic', code: 'en' },
      components: [{ type: 'body', parameters }],
      ...change,
    },
    text: undefined,
  });
  const values = (...texts: string[]) => texts.map((text) => ({ type: 'text', text }));

  test('takes a message in and reports its states, with what the sender had it bear', async () => {
    const { account, number } = peer.aNumber();
    const sent = await peer.call(`${number.id}/messages`, account.accessToken, {
      ...TEXT,
      biz_opaque_callback_data: 'our-id',
    });
    expect(sent).toMatchObject({ status: 200, json: { contacts: [{ wa_id: '4915112345678' }] } });
    await peer.simulator.idle();
    const [message] = peer.simulator.messages({ numberId: number.id });
    expect(message).toMatchObject({ to: '4915112345678', text: 'Hi', status: 'delivered' });
    expect(peer.values().flatMap(({ statuses = [] }) => statuses)).toMatchObject([
      { id: message?.id, status: 'sent', biz_opaque_callback_data: 'our-id' },
      { id: message?.id, status: 'delivered' },
    ]);
  });

  test('reaches a person who shows no number by their id at the business', async () => {
    const { account, number } = peer.aNumber();
    const userId = 'US.13491208655302741918';
    await peer.simulator.receive({ numberId: number.id, userId, username: 'dana', profileName: 'Dana' });
    expect(peer.values()[0]).toMatchObject({
      contacts: [{ user_id: userId, profile: { name: 'Dana', username: 'dana' } }],
      messages: [{ from_user_id: userId }],
    });
    const to = { ...TEXT, to: undefined, recipient: userId };
    const { json } = await peer.call(`${number.id}/messages`, account.accessToken, to);
    expect(json).toMatchObject({ contacts: [{ user_id: userId }] });
    await peer.simulator.idle();
    expect(peer.values().at(-1)?.statuses).toMatchObject([{ recipient_user_id: userId }]);
  });

  test('refuses as Meta does', async () => {
    const { account, number } = peer.aNumber();
    const send = (body: object, token = account.accessToken, id = number.id) =>
      peer.call(`${id}/messages`, token, body);
    expect([
      await send(TEXT, 'other'),
      await send(TEXT, account.accessToken, '123'),
      await send({ ...TEXT, text: {} }),
      await send({ ...TEXT, text: { body: 'x'.repeat(4097) } }),
      await send({ ...TEXT, to: '12' }),
      await send(template()),
    ]).toMatchObject([
      { status: 401, json: { error: { code: 190, type: 'OAuthException' } } },
      { status: 400, json: { error: { code: 100, error_subcode: 33 } } },
      { status: 400, json: { error: { code: 131008 } } },
      { status: 400, json: { error: { code: 131009 } } },
      { status: 400, json: { error: { code: 131009 } } },
      { status: 404, json: { error: { code: 132001 } } },
    ]);
    peer.simulator.addNumber({ ...number, status: 'DISCONNECTED' });
    expect(await send(TEXT)).toMatchObject({ json: { error: { code: 133010 } } });
    peer.simulator.addAccount({ id: account.id, tokenExpiresAt: new Date(0) });
    expect(await send(TEXT)).toMatchObject({ json: { error: { code: 190, error_subcode: 463 } } });
    expect(peer.simulator.messages({ numberId: number.id })).toEqual([]);
  });

  test('fills in a template, and refuses values that do not fit it', async () => {
    const { account, number } = peer.aNumber();
    const components = [{ type: 'BODY', text: 'Hello {{1}}, see you {{2}}.' }];
    peer.simulator.addTemplate({ accountId: account.id, name: 'reminder', components });
    const named = [{ type: 'BODY', text: 'Hello {{first_name}}.' }];
    const parameterFormat = 'NAMED';
    peer.simulator.addTemplate({ accountId: account.id, name: 'named', components: named, parameterFormat });
    const send = (body: object) => peer.call(`${number.id}/messages`, account.accessToken, body);
    expect(await send(template({}, values('Dana', 'on Friday')))).toMatchObject({
      status: 200,
      json: { messages: [{ message_status: 'accepted' }] },
    });
    const byName = [{ type: 'text', parameter_name: 'first_name', text: 'Dana' }];
    await send(template({ name: 'named', components: [{ type: 'body', parameters: byName }] }));
    expect(peer.simulator.messages({ numberId: number.id }).map(({ text }) => text)).toEqual([
      'Hello Dana, see you on Friday.',
      'Hello Dana.',
    ]);
    expect(await send(template({}, values('Dana')))).toMatchObject({ json: { error: { code: 132000 } } });
    expect(await send(template({}, values('a\nb', 'c')))).toMatchObject({
      json: { error: { code: 132018 } },
    });
    const [first] = peer.simulator.templates().filter(({ accountId }) => accountId === account.id);
    for (const [status, code] of [['PAUSED', 132015] as const, ['DISABLED', 132016] as const]) {
      await peer.simulator.decideTemplate(first?.id ?? '', status);
      expect(await send(template({}, values('a', 'b')))).toMatchObject({ json: { error: { code } } });
    }
    await peer.simulator.idle();
  });

  test('keeps files that customers send, for who has the token', async () => {
    const { account, number } = peer.aNumber();
    const content = Buffer.from('a picture');
    const media = { content, contentType: 'image/jpeg', caption: 'Look' };
    await peer.simulator.receive({ numberId: number.id, from: '+4915112345678', media });
    const image = peer.values()[0]?.messages?.[0]?.image as { id: string; sha256: string };
    expect(image).toMatchObject({ caption: 'Look', mime_type: 'image/jpeg' });
    expect(image.sha256).toBe(createHash('sha256').update(content).digest('base64'));
    const { json } = await peer.call(image.id, account.accessToken);
    expect(json).toMatchObject({ file_size: content.length, mime_type: 'image/jpeg', id: image.id });
    const fetched = (token: string) =>
      fetch(String(json.url), { headers: { Authorization: `Bearer ${token}` } });
    expect(Buffer.from(await (await fetched(account.accessToken)).arrayBuffer())).toEqual(content);
    expect((await fetched(peer.aNumber().account.accessToken)).status).toBe(404);
    peer.simulator.removeMedia(image.id);
    expect(await peer.call(image.id, account.accessToken)).toMatchObject({ json: { error: { code: 100 } } });
  });

  test('takes files in, and sends them by their id', async () => {
    const { account, number } = peer.aNumber();
    const upload = (type: string) => {
      const body = new FormData();
      body.set('messaging_product', 'whatsapp');
      body.set('type', type);
      body.set('file', new Blob([Buffer.from([0, 13, 10, 255])], { type }), 'a file');
      const headers = { Authorization: `Bearer ${account.accessToken}`, 'User-Agent': 'tests/1.0.0' };
      return fetch(`${peer.simulator.url}/v23.0/${number.id}/media`, { method: 'POST', headers, body });
    };
    const { id } = (await (await upload('application/pdf')).json()) as { id: string };
    expect((await peer.call(id, account.accessToken)).json).toMatchObject({ file_size: 4 });
    expect((await upload('application/x-shellscript')).status).toBe(400);
    const send = (document: object) =>
      peer.call(`${number.id}/messages`, account.accessToken, {
        ...TEXT,
        text: undefined,
        type: 'document',
        document,
      });
    expect((await send({ id, filename: 'a.pdf' })).status).toBe(200);
    expect((await send({ link: 'https://example.com/a.pdf', caption: 'This' })).status).toBe(200);
    expect(await send({ id: '123' })).toMatchObject({ json: { error: { code: 100 } } });
    await peer.simulator.idle();
  });

  test('notes what the business read', async () => {
    const { account, number } = peer.aNumber();
    const { ids } = await peer.simulator.receive({ numberId: number.id, from: '+4915112345678' });
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: ids[0] };
    const answer = await peer.call(`${number.id}/messages`, account.accessToken, {
      ...read,
      typing_indicator: { type: 'text' },
    });
    expect(answer).toEqual({ status: 200, json: { success: true } });
    expect(peer.simulator.read(ids[0] ?? '')).toEqual({ typing: true });
  });

  test('pages numbers and templates by cursors', async () => {
    const { account } = peer.aNumber();
    for (const name of ['a', 'b', 'c']) peer.simulator.addTemplate({ accountId: account.id, name });
    const path = `${account.id}/message_templates?limit=2&fields=name,status`;
    const { json: first } = await peer.call(path, account.accessToken);
    expect(first.data).toMatchObject([{ name: 'a', status: 'APPROVED' }, { name: 'b' }]);
    const { cursors } = first.paging as { cursors: { after: string } };
    const { json: last } = await peer.call(`${path}&after=${cursors.after}`, account.accessToken);
    expect(last).toMatchObject({ data: [{ name: 'c' }] });
    expect(last.paging).not.toHaveProperty('next');
    const { json } = await peer.call(`${account.id}/phone_numbers`, account.accessToken);
    expect(json.data).toMatchObject([{ display_phone_number: '+14155238886', quality_rating: 'GREEN' }]);
  });

  test("tells an app when its account's token ends, and nobody else", async () => {
    const tokenExpiresAt = new Date(Date.now() + 86_400_000);
    const { account } = peer.aNumber({ tokenExpiresAt });
    const other = peer.aNumber().account;
    const facts = (token: string) => peer.call(`debug_token?input_token=${account.accessToken}`, token);
    const expires_at = Math.floor(tokenExpiresAt.getTime() / 1000);
    const known = { json: { data: { is_valid: true, expires_at, app_id: account.appId } } };
    expect(await facts(account.accessToken)).toMatchObject(known);
    expect(await facts(`${account.appId}|${account.appSecret}`)).toMatchObject(known);
    expect(await facts(`${other.appId}|${other.appSecret}`)).toMatchObject({
      json: { data: { is_valid: false } },
    });
    expect((await facts(`${account.appId}|wrong`)).status).toBe(401);
  });

  test('fails as it is told to', async () => {
    const { account, number } = peer.aNumber();
    const { faults } = peer.simulator;
    const send = () => peer.call(`${number.id}/messages`, account.accessToken, TEXT);
    faults.add({ kind: 'fail', status: 429, code: 130429, accountSid: account.id });
    expect(await send()).toMatchObject({ status: 429, json: { error: { code: 130429 } } });
    faults.add({ kind: 'dropBefore', accountSid: account.id });
    await expect(send()).rejects.toThrow();
    expect(peer.simulator.messages({ numberId: number.id })).toHaveLength(0);
    faults.add({ kind: 'drop', accountSid: account.id });
    await expect(send()).rejects.toThrow();
    faults.add({ kind: 'malformed', accountSid: account.id });
    await expect(send()).rejects.toThrow('JSON');
    expect(peer.simulator.messages({ numberId: number.id })).toHaveLength(2);
    faults.add({ kind: 'malformed', on: 'read', body: '[]', accountSid: account.id });
    expect((await peer.call(number.id, account.accessToken)).json).toEqual([]);
    faults.add({ kind: 'failDelivery', errorCode: 131026, accountSid: account.id });
    await peer.simulator.idle();
    peer.posted.length = 0;
    await send();
    await peer.simulator.idle();
    const [failed] = peer.values().flatMap(({ statuses = [] }) => statuses);
    expect(failed).toMatchObject({ status: 'failed', errors: [{ code: 131026 }] });
  });
});
