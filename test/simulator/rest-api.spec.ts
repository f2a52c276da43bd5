import twilio from 'twilio';
import { CUSTOMER, NUMBER, sdk, startPeer } from './peer';

type Peer = Awaited<ReturnType<typeof startPeer>>;

describe('the simulated REST API, driven by the Twilio SDK', () => {
  let peer: Peer;

  beforeEach(async () => {
    peer = await startPeer();
  });
  afterEach(() => peer.close());

  const send = (over: Partial<Parameters<twilio.Twilio['messages']['create']>[0]> = {}) =>
    peer.client.messages.create({ from: NUMBER, to: CUSTOMER, body: 'Hello', ...over });

  test('an account can be fetched, and says whether it is suspended', async () => {
    const { sid } = peer.account;
    const account = await peer.client.api.v2010.accounts(sid).fetch();
    expect(account).toMatchObject({ sid, friendlyName: 'Salon', status: 'active' });
    expect(account.dateCreated).toBeInstanceOf(Date);

    peer.simulator.addAccount({ sid, status: 'suspended' });
    expect((await peer.client.api.v2010.accounts(sid).fetch()).status).toBe('suspended');
    await expect(send()).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  test('a wrong token and a foreign account are 401 with code 20003', async () => {
    const wrong = sdk(peer.simulator, { sid: peer.account.sid, authToken: 'wrong' });
    const error = await wrong.messages.list().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(twilio.RestException);
    expect(error).toMatchObject({
      status: 401,
      code: 20003,
      moreInfo: 'https://www.twilio.com/docs/errors/20003',
    });
    const other = peer.simulator.addAccount();
    await expect(peer.client.api.v2010.accounts(other.sid).messages.list()).rejects.toMatchObject({
      code: 20003,
    });
  });

  test('a rotated token is valid at once, and the old one no longer', async () => {
    const rotated = peer.simulator.rotateToken(peer.account.sid);
    await expect(send()).rejects.toMatchObject({ code: 20003 });
    await expect(sdk(peer.simulator, rotated).messages.list()).resolves.toEqual([]);
  });

  test('a created message is queued, has the full resource and can be fetched until delivered', async () => {
    const message = await send();
    expect(message).toMatchObject({
      accountSid: peer.account.sid,
      apiVersion: '2010-04-01',
      body: 'Hello',
      dateSent: null,
      direction: 'outbound-api',
      errorCode: null,
      from: NUMBER,
      numMedia: '0',
      numSegments: '1',
      price: null,
      status: 'queued',
      to: CUSTOMER,
      uri: `/2010-04-01/Accounts/${peer.account.sid}/Messages/${message.sid}.json`,
    });
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(Math.abs(message.dateCreated.getTime() - Date.now())).toBeLessThan(5_000);

    await peer.simulator.idle();
    const fetched = await peer.client.messages(message.sid).fetch();
    expect(fetched.status).toBe('delivered');
    expect(fetched.dateSent).toBeInstanceOf(Date);
  });

  test.each([
    ['no To', { to: '' }, 21604],
    ['no From', { from: '' }, 21603],
    ['no Body', { body: '' }, 21602],
    ['a To that is no address', { to: 'whatsapp:12' }, 21211],
    ['a From that is no address', { from: 'salon' }, 21212],
    ['a WhatsApp From that is not owned', { from: 'whatsapp:+14155230000' }, 63007],
    ['an SMS From that is not owned', { from: '+14155230000', to: '+4915112345678' }, 21606],
    ['two channels', { to: '+4915112345678' }, 21910],
    ['the sender itself', { to: NUMBER }, 21266],
    ['a body of 1601 characters', { body: 'x'.repeat(1601) }, 21617],
    ['a bad StatusCallback', { statusCallback: 'example.org/x' }, 21609],
    ['a bad media URL', { mediaUrl: ['nothing'] }, 21620],
    ['a bad ContentSid', { contentSid: 'HX1' }, 21655],
    ['an unknown ContentSid', { contentSid: `HX${'a'.repeat(32)}` }, 21655],
    ['bad ContentVariables', { contentVariables: '[]' }, 21656],
    ['an unknown Messaging Service', { from: '', messagingServiceSid: `MG${'1'.repeat(32)}` }, 21703],
  ])('%s is refused with its code', async (_what, over, code) => {
    await expect(send(over)).rejects.toMatchObject({ status: 400, code });
    expect(peer.simulator.messages()).toEqual([]);
  });

  test('1600 emoji fit, templates need no body, media gets an MM sid, a user id is an address', async () => {
    await send({ body: '🙂'.repeat(1600) });
    const { sid: contentSid } = peer.simulator.addContent({ accountSid: peer.account.sid });
    await send({ body: '', contentSid, contentVariables: '{"1":"Ann"}' });
    const media = await send({ body: '', mediaUrl: ['https://example.org/a.png'] });
    expect(media).toMatchObject({ numMedia: '1', sid: expect.stringMatching(/^MM/) });
    await send({ to: 'whatsapp:US.13491208655302741918' });
    expect(peer.simulator.messages(peer.account.sid)).toHaveLength(4);
  });

  test('a template is rendered: with the values that are given, and its own where none is', async () => {
    const { sid: accountSid } = peer.account;
    const variables = { '1': 'customer', '2': 'Friday' };
    const { sid: contentSid } = peer.simulator.addContent({
      accountSid,
      body: 'Hi {{1}}, {{2}}?',
      variables,
    });
    const template = { body: undefined, contentSid };
    const sent = await send({ ...template, contentVariables: '{"1":"{{2}}"}' });
    expect((await peer.client.messages(sent.sid).fetch()).body).toBe('Hi {{2}}, Friday?');
    for (const value of ['', 'a\nb', 'a\tb', 'a     b'])
      await expect(
        send({ ...template, contentVariables: JSON.stringify({ '1': value }) }),
      ).rejects.toMatchObject({ code: 21656 });
    const other = peer.simulator.addAccount();
    const { sid: foreign } = peer.simulator.addContent({ accountSid: other.sid });
    await expect(send({ ...template, contentSid: foreign })).rejects.toMatchObject({ code: 21655 });
  });

  test.each([
    ['rejected', 63040],
    ['paused', 63041],
    ['disabled', 63042],
  ] as const)('a template that is %s reaches nobody', async (status, errorCode) => {
    const { sid: contentSid } = peer.simulator.addContent({ accountSid: peer.account.sid, status });
    const sent = await send({ body: undefined, contentSid });
    await peer.simulator.idle();
    expect(await peer.client.messages(sent.sid).fetch()).toMatchObject({ status: 'failed', errorCode });
  });

  test('templates are listed with their approvals, page after page, those of the account alone', async () => {
    const { sid: accountSid } = peer.account;
    for (let i = 0; i < 5; i++)
      peer.simulator.addContent({ accountSid, friendlyName: `template_${i}`, status: 'pending' });
    peer.simulator.addContent({ accountSid: peer.simulator.addAccount().sid });
    peer.client.content.baseUrl = peer.simulator.url;
    const found = await peer.client.content.v1.contentAndApprovals.list({ pageSize: 2 });
    expect(found.map(({ friendlyName }) => friendlyName)).toEqual(
      [0, 1, 2, 3, 4].map((i) => `template_${i}`),
    );
    expect(found[0]).toMatchObject({
      accountSid,
      language: 'en',
      types: { 'twilio/text': { body: 'Hello' } },
      approvalRequests: { status: 'pending', category: 'UTILITY', content_type: 'twilio/text' },
    });
  });

  test('a Messaging Service chooses its number of the channel', async () => {
    const messagingServiceSid = `MG${'1'.repeat(32)}`;
    const { sid } = peer.account;
    peer.simulator.addNumber({ accountSid: sid, address: '+14155550100', messagingServiceSid });
    const sent = await send({ from: '', messagingServiceSid, to: '+4915112345678' });
    expect(sent).toMatchObject({ from: '+14155550100', status: 'accepted', messagingServiceSid });
  });

  test('unsubscribed recipients are 21610 until they subscribe again', async () => {
    peer.simulator.optOut(peer.account.sid, CUSTOMER);
    await expect(send()).rejects.toMatchObject({ code: 21610 });
    peer.simulator.optIn(peer.account.sid, CUSTOMER);
    await send();
  });

  test('unknown messages, routes and methods are answered as Twilio does', async () => {
    await expect(peer.client.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
    await expect(peer.client.conferences.list()).rejects.toMatchObject({ status: 404, code: 20404 });
    const message = await send();
    await expect(peer.client.messages(message.sid).remove()).rejects.toMatchObject({
      status: 405,
      code: 20004,
    });
  });

  test('messages of another account are not to be found', async () => {
    const message = await send();
    const other = sdk(peer.simulator, peer.simulator.addAccount());
    await expect(other.messages(message.sid).fetch()).rejects.toMatchObject({ code: 20404 });
    await expect(other.messages.list()).resolves.toEqual([]);
  });

  describe('lists', () => {
    test('are newest first and filtered by To and From', async () => {
      const first = await send();
      const second = await send({ to: 'whatsapp:+491700000001' });
      const third = await send();
      const sids = async (filter: object) => (await peer.client.messages.list(filter)).map(({ sid }) => sid);
      expect(await sids({})).toEqual([third.sid, second.sid, first.sid]);
      expect(await sids({ to: CUSTOMER })).toEqual([third.sid, first.sid]);
      expect(await sids({ to: CUSTOMER, from: CUSTOMER })).toEqual([]);
      expect(await sids({ limit: 1 })).toEqual([third.sid]);
    });

    test('are filtered by date, both ends included, to the second', async () => {
      await send();
      const count = async (filter: object) => (await peer.client.messages.list(filter)).length;
      const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
      expect(await count({ dateSentAfter: at(-60) })).toBe(1);
      expect(await count({ dateSentAfter: at(60) })).toBe(0);
      expect(await count({ dateSentBefore: at(60) })).toBe(1);
      expect(await count({ dateSentBefore: at(-60) })).toBe(0);
      expect(await count({ dateSentAfter: at(-60), dateSentBefore: at(60), to: CUSTOMER })).toBe(1);
      expect(await count({ dateSent: at(2 * 86_400) })).toBe(0);
      await peer.simulator.idle();
      const [own] = await peer.client.messages.list();
      expect(await count({ dateSent: own!.dateSent })).toBe(1);
      expect(await count({ dateSentAfter: own!.dateSent, dateSentBefore: own!.dateSent })).toBe(1);
    });

    test('are paged without gaps or repeats while messages arrive', async () => {
      for (let i = 0; i < 7; i++) await send({ body: `no. ${i}` });
      const bodies = (page: { instances: { body: string }[] }) => page.instances.map(({ body }) => body);
      const first = await peer.client.messages.page({ pageSize: 3, to: CUSTOMER });
      await send({ body: 'late' });
      const second = (await first.nextPage())!;
      const third = (await second.nextPage())!;
      expect(bodies(first)).toEqual(['no. 6', 'no. 5', 'no. 4']);
      expect(bodies(second)).toEqual(['no. 3', 'no. 2', 'no. 1']);
      expect(bodies(third)).toEqual(['no. 0']);
      expect(third.nextPage()).toBeUndefined();
      expect(bodies((await second.previousPage())!)).toEqual(['no. 6', 'no. 5', 'no. 4']);
      expect(await peer.client.messages.list({ pageSize: 2 })).toHaveLength(8);
    });

    test('refuse what cannot be read', async () => {
      await expect(peer.client.messages.page({ pageToken: 'x' })).rejects.toMatchObject({ code: 20001 });
      await expect(peer.client.messages.page({ pageSize: 0 })).rejects.toMatchObject({ code: 20001 });
    });
  });

  test('only the newest messages are remembered', async () => {
    const small = await startPeer({ maxMessages: 3 });
    for (let i = 0; i < 5; i++) {
      await small.client.messages.create({ from: NUMBER, to: CUSTOMER, body: String(i) });
    }
    expect(small.simulator.messages().map(({ body }) => body)).toEqual(['4', '3', '2']);
    await small.close();
  });

  test('malformed requests are answered, never fatal', async () => {
    const { sid, authToken } = peer.account;
    const headers = { Authorization: `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}` };
    const url = `${peer.simulator.url}/2010-04-01/Accounts/${sid}/Messages.json`;
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    const status = async (init: RequestInit, at = url) => (await fetch(at, init)).status;
    expect(await status({ method: 'POST', headers, body: '{"To":"x"}' })).toBe(400);
    expect(await status({ method: 'POST', headers: form, body: '%E0%A4%A=&&=%' })).toBe(400);
    expect(await status({ method: 'POST', headers: form, body: 'x'.repeat(300_000) })).toBe(413);
    expect(await status({ headers: { Authorization: 'Basic !!' } })).toBe(401);
    expect(await status({ headers }, `${url}?DateSent=yesterday`)).toBe(400);
    expect(await status({ headers }, `${peer.simulator.url}//`)).toBe(404);
    await send();
  });
});
