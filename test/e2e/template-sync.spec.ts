import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Config } from '../../src/common/config';
import { newId } from '../../src/common/context';
import { Subscribe, type ListensTo } from '../../src/common/events';
import { Schedule } from '../../src/common/schedule';
import { CredentialsRejected, ProviderUnavailable } from '../../src/modules/channels/domain/errors';
import { TwilioProvider } from '../../src/modules/channels/providers/twilio/twilio.provider';
import { TemplateApprovalChanged } from '../../src/modules/conversations';
import type { Content, ContentInput } from '../../tools/twilio-simulator';
import { aConnection, aTwilioNumber, etagOf } from '../support';
import { aBusiness, anInstallation, type TestBusiness, type TestInstallation } from '../support/business';

let place: TestInstallation;
let clinic: TestBusiness;
/** Templates that the news told of. */
const news: string[] = [];

@Injectable()
@Subscribe(TemplateApprovalChanged, 'test.hear-of-templates')
class HearOfTemplates implements ListensTo<TemplateApprovalChanged> {
  async handle({ payload }: TemplateApprovalChanged): Promise<void> {
    news.push(payload.templateId);
  }
}

beforeAll(async () => {
  place = await anInstallation({ providers: [HearOfTemplates] });
  clinic = await aBusiness(place);
});
afterEach(() => place.twilio.faults.clear());
afterAll(() => place.stop());

interface Shown {
  id: string;
  name: string;
  body: string | null;
  consentPurpose: string;
  isActive: boolean;
  variables: { name: string; type: string; example: string }[];
  provider: {
    contentId: string;
    accountId: string;
    approval: string;
    rejectionReason: string | null;
    contentType: string;
  };
  version: number;
}

const aContent = (change: Partial<ContentInput> = {}, business = clinic): Content =>
  place.twilio.addContent({
    accountSid: business.connection.number.accountSid,
    friendlyName: 'moved',
    body: 'Hi {{1}}, see you on {{2}}.',
    variables: { '1': 'Ada', '2': 'Friday' },
    ...change,
  });

async function sync({ owner, connection } = clinic): Promise<Record<string, unknown>> {
  const { body } = await owner.post('/message-templates/sync', { connectionId: connection.id }).expect(202);
  await place.app.settled();
  return body as Record<string, unknown>;
}

async function shown(contentId: string, { owner } = clinic): Promise<Shown | undefined> {
  const { body } = await owner.get('/message-templates?kind=provider&limit=200').expect(200);
  return (body as { items: Shown[] }).items.find(({ provider }) => provider.contentId === contentId);
}

describe('templates of a provider', () => {
  it('are read from its account, with variables, samples, language and approval', async () => {
    const content = aContent({ language: 'pt_BR' });
    await sync();
    expect(await shown(content.sid)).toMatchObject({
      kind: 'provider',
      name: 'moved',
      language: 'pt_BR',
      body: 'Hi {{1}}, see you on {{2}}.',
      consentPurpose: 'transactional',
      isActive: true,
      variables: [
        { name: '1', type: 'text', example: 'Ada' },
        { name: '2', type: 'text', example: 'Friday' },
      ],
      provider: {
        name: 'twilio',
        accountId: clinic.connection.number.accountSid,
        contentId: content.sid,
        contentType: 'twilio/text',
        approval: 'approved',
        rejectionReason: null,
      },
    });
  });

  it('have as variables what stands anywhere in the type that WhatsApp approved', async () => {
    const content = aContent({
      types: {
        'twilio/text': { body: 'Hi {{1}}' },
        'twilio/call-to-action': {
          body: 'Hi {{name}}',
          actions: [{ type: 'URL', title: 'Open', url: 'https://clinic.example/{{4}}?{{name}}' }],
        },
      },
      variables: { '4': 'a', other: 'b' },
    });
    const silent = aContent({ types: { 'twilio/location': { latitude: 1, label: '{{1}}' } }, variables: {} });
    await sync();
    // The simulator tells the first type as the approved one.
    expect(await shown(content.sid)).toMatchObject({
      body: 'Hi {{1}}',
      variables: [{ name: '1', example: '1' }],
    });
    expect(await shown(silent.sid)).toMatchObject({ body: null, variables: [{ name: '1' }] });
  });

  it('are read page after page', async () => {
    const salon = await aBusiness(place);
    for (let i = 0; i < 450; i++) aContent({ friendlyName: `template ${i}` }, salon);
    await sync(salon);
    const [row] = await place.app.db.query<{ count: string }>(
      'SELECT count(DISTINCT name) AS count FROM message_templates WHERE org_id = $1',
      [salon.orgId],
    );
    expect(row?.count).toBe('450');
    expect(await shown(aContent().sid, salon)).toBeUndefined();
  });

  it('that are the same are left alone, and those that are not are told once', async () => {
    const content = aContent({ status: 'pending' });
    await sync();
    const before = (await shown(content.sid))!;
    await sync();
    expect((await shown(content.sid))!.version).toBe(before.version);
    expect(news).not.toContain(before.id);

    aContent({ sid: content.sid, status: 'rejected', rejectionReason: 'PROMOTIONAL' });
    await sync();
    await sync();
    const after = (await shown(content.sid))!;
    expect(after).toMatchObject({
      version: before.version + 1,
      provider: { approval: 'rejected', rejectionReason: 'PROMOTIONAL' },
    });
    expect(news.filter((id) => id === before.id)).toHaveLength(1);
  });

  it('that are gone there are disabled and switched off, stay so when they come back, and can be deleted then', async () => {
    const content = aContent();
    await sync();
    const { id } = (await shown(content.sid))!;
    expect((await clinic.owner.delete(`/message-templates/${id}`).expect(409)).body.code).toBe(
      'template_held_by_provider',
    );
    place.twilio.contents.remove(content.sid);
    await sync();
    expect(await shown(content.sid)).toMatchObject({ isActive: false, provider: { approval: 'disabled' } });
    expect(news).toContain(id);
    aContent({ sid: content.sid });
    await sync();
    expect(await shown(content.sid)).toMatchObject({ isActive: false, provider: { approval: 'approved' } });
    place.twilio.contents.remove(content.sid);
    await sync();
    await clinic.owner.delete(`/message-templates/${id}`).expect(204);
  });

  it('are marketing where the provider says so; members can be stricter, and not laxer', async () => {
    const [offer, note] = [aContent({ category: 'MARKETING' }), aContent({ category: 'UTILITY' })];
    await sync();
    const [strict, plain] = [(await shown(offer.sid))!, (await shown(note.sid))!];
    expect([strict.consentPurpose, plain.consentPurpose]).toEqual(['marketing', 'transactional']);
    const path = (id: string): string => `/message-templates/${id}`;
    const { body } = await clinic.owner
      .patch(path(strict.id), { consentPurpose: 'transactional' })
      .expect(422);
    expect(body.code).toBe('template_purpose_too_lax');
    await clinic.owner.patch(path(plain.id), { consentPurpose: 'marketing' }).expect(200);
    aContent({ sid: note.sid, friendlyName: 'renamed' });
    await sync();
    expect(await shown(note.sid)).toMatchObject({ name: 'renamed', consentPurpose: 'marketing' });
    await clinic.owner.patch(path(plain.id), { consentPurpose: 'transactional' }).expect(200);
    aContent({ sid: note.sid, category: 'MARKETING' });
    await sync();
    expect(await shown(note.sid)).toMatchObject({ consentPurpose: 'marketing' });
  });

  it('are switched off by members, and written at the provider alone', async () => {
    const content = aContent();
    await sync();
    const { id } = (await shown(content.sid))!;
    const path = `/message-templates/${id}`;
    const off = clinic.owner.patch(path, { isActive: false }).set('if-match', etagOf(clinic.orgId, 1));
    await off.expect(200);
    for (const change of [{ body: 'Hello' }, { name: 'Other' }, { language: 'de' }, { variables: [] }])
      expect((await clinic.owner.patch(path, change).expect(409)).body.code).toBe(
        'template_held_by_provider',
      );
    aContent({ sid: content.sid, friendlyName: 'renamed' });
    await sync();
    expect(await shown(content.sid)).toMatchObject({ name: 'renamed', isActive: false });
  });

  it('show in a preview what the provider will make of them', async () => {
    const content = aContent();
    await sync();
    const { id } = (await shown(content.sid))!;
    const { body } = await clinic.owner.post(`/message-templates/${id}/preview`, {
      variables: { '1': 'Ann', '2': '{{1}}' },
    });
    expect(body).toMatchObject({ text: 'Hi Ann, see you on {{1}}.' });
    const { body: refused } = await clinic.owner
      .post(`/message-templates/${id}/preview`, { variables: { '1': 'a     b' } })
      .expect(422);
    expect(refused.errors).toMatchObject([
      { field: 'variables.1', code: 'too_many_spaces' },
      { field: 'variables.2', code: 'required' },
    ]);
  });
});

describe('a reading', () => {
  it('says how the last one ended', async () => {
    const salon = await aBusiness(place);
    expect(await sync(salon)).toEqual({
      connectionId: salon.connection.id,
      lastSyncedAt: null,
      lastError: null,
    });
    const second = await sync(salon);
    expect(second['lastSyncedAt']).toMatch(/^20\d\d-/);
    place.twilio.faults.add({
      kind: 'fail',
      status: 503,
      code: 20503,
      on: 'read',
      times: 'always',
      accountSid: salon.connection.number.accountSid,
    });
    const content = aContent({}, salon);
    const held = salon.owner.post('/message-templates/sync', { connectionId: salon.connection.id });
    await held.expect(202);
    await place.app.settled();
    const third = await sync(salon);
    expect(third).toMatchObject({ lastError: 'provider_unavailable' });
    expect(third['lastSyncedAt']).toBe((await sync(salon))['lastSyncedAt']);
    place.twilio.faults.clear();
    await sync(salon);
    expect(await shown(content.sid, salon)).toBeDefined();
    expect(await sync(salon)).toMatchObject({ lastError: null });
  });

  it('with credentials that are wrong by now changes nothing, and is not tried again', async () => {
    const salon = await aBusiness(place);
    const content = aContent({}, salon);
    await sync(salon);
    place.twilio.rotateToken(salon.connection.number.accountSid);
    await sync(salon);
    expect(await sync(salon)).toMatchObject({ lastError: 'credentials_rejected' });
    expect(await shown(content.sid, salon)).toMatchObject({ isActive: true });
    const jobs = await place.app.db.query(
      `SELECT id FROM graphile_worker._private_jobs WHERE payload->>'connectionId' = $1`,
      [salon.connection.id],
    );
    expect(jobs).toEqual([]);
  });

  it('is of a connection of the organization, by who may', async () => {
    const salon = await aBusiness(place);
    for (const connectionId of [salon.connection.id, newId()]) {
      const { body } = await clinic.owner.post('/message-templates/sync', { connectionId }).expect(404);
      expect(body.code).toBe('connection_not_found');
    }
    await clinic.owner.post('/message-templates/sync', { connectionId: 'x' }).expect(422);
  });

  it('is planned every half hour, once for an account with active numbers, at a moment of its own', async () => {
    const salon = await aBusiness(place);
    const { app, twilio } = place;
    const { accountSid } = salon.connection.number;
    await aConnection(app, twilio, salon.ownerToken, aTwilioNumber(twilio, { accountSid }));
    const other = await aConnection(app, twilio, salon.ownerToken);
    const off = await aConnection(app, twilio, salon.ownerToken);
    await salon.owner.patch(`/channel-connections/${off.id}`, { isActive: false }).expect(200);
    await app.nest.get(Schedule).fire('conversations.sync-templates', new Date());
    await app.settled();
    const jobs = await app.db.query<{ connection: string; wait: number }>(
      `SELECT payload->>'connectionId' AS connection, extract(epoch FROM run_at - now())::int AS wait
       FROM graphile_worker._private_jobs WHERE payload->>'orgId' = $1 ORDER BY 1`,
      [salon.orgId],
    );
    expect(jobs.map(({ connection }) => connection)).toEqual([salon.connection.id, other.id].sort());
    expect(jobs.every(({ wait }) => wait <= 25 * 60)).toBe(true);
    await app.db.query(
      `DELETE FROM graphile_worker._private_jobs WHERE payload->>'connectionId' IS NOT NULL`,
    );
  });
});

describe('the adapter', () => {
  const servers: http.Server[] = [];
  const adapters: TwilioProvider[] = [];
  afterAll(async () => {
    for (const adapter of adapters) adapter.onApplicationShutdown();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  /** An adapter that speaks to something that is not Twilio. */
  async function behind(
    handler: (request: http.IncomingMessage, origin: string) => unknown,
  ): Promise<TwilioProvider> {
    let origin = '';
    const server = http.createServer((request, response) => {
      const answer = handler(request, origin);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const twilio = { apiBaseUrl: 'http://127.0.0.1:9', contentBaseUrl: origin, timeoutMs: 2000 };
    const adapter = new TwilioProvider({ twilio } as Config);
    adapters.push(adapter);
    return adapter;
  }

  const ACCOUNT = { accountId: `AC${'1'.repeat(32)}`, secrets: { authToken: '2'.repeat(32) } };
  const page = (next: string | null, ...contents: object[]) => ({
    contents,
    meta: { key: 'contents', next_page_url: next },
  });

  it('follows no page to another host: it would hand over the password', async () => {
    let asked = 0;
    const thief = http.createServer((_request, response) => {
      asked++;
      response.end('{}');
    });
    servers.push(thief);
    await new Promise<void>((done) => thief.listen(0, '127.0.0.1', done));
    const { port } = thief.address() as AddressInfo;
    const adapter = await behind(() => page(`http://127.0.0.1:${port}/v1/ContentAndApprovals?Page=1`));
    await expect(adapter.listTemplates(ACCOUNT)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(asked).toBe(0);
  });

  it('gives up on pages without an end', async () => {
    let asked = 0;
    const adapter = await behind((_request, origin) => {
      asked++;
      return page(`${origin}/v1/ContentAndApprovals?Page=${asked}`);
    });
    await expect(adapter.listTemplates(ACCOUNT)).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(asked).toBe(100);
  });

  it('believes nothing: odd fields become what the database can hold', async () => {
    const adapter = await behind(() =>
      page(
        null,
        {
          sid: 'HX1',
          friendly_name: null,
          language: 7,
          variables: null,
          types: null,
          approval_requests: null,
        },
        {
          sid: 'HX2',
          friendly_name: `a\u0000${'b'.repeat(600)}`,
          language: 'en',
          variables: { '1': 5 },
          types: { 'whatsapp/card': { body: 'Hi {{1}}', buttons: [{ url: '{{url}}' }] } },
          approval_requests: {
            whatsapp: { status: 'IN_APPEAL', category: 'marketing', rejection_reason: '' },
          },
        },
      ),
    );
    expect(await adapter.listTemplates(ACCOUNT)).toEqual([
      {
        contentId: 'HX1',
        name: 'HX1',
        language: 'en',
        contentType: 'twilio/text',
        body: null,
        variables: [],
        approval: 'unsubmitted',
        rejectionReason: null,
        isMarketing: false,
      },
      {
        contentId: 'HX2',
        name: `a${'b'.repeat(511)}`,
        language: 'en',
        contentType: 'whatsapp/card',
        body: 'Hi {{1}}',
        variables: [
          { name: '1', example: '1' },
          { name: 'url', example: 'url' },
        ],
        approval: 'pending',
        rejectionReason: null,
        isMarketing: true,
      },
    ]);
  });

  it('tells wrong credentials from silence', async () => {
    const { accountSid, authToken } = clinic.connection.number;
    const twilio = { apiBaseUrl: place.twilio.url, contentBaseUrl: place.twilio.url, timeoutMs: 2000 };
    const adapter = new TwilioProvider({ twilio } as Config);
    adapters.push(adapter);
    const account = (token: string) => ({ accountId: accountSid, secrets: { authToken: token } });
    expect((await adapter.listTemplates(account(authToken))).length).toBeGreaterThan(0);
    await expect(adapter.listTemplates(account('0'.repeat(32)))).rejects.toBeInstanceOf(CredentialsRejected);
    place.twilio.faults.add({ kind: 'dropBefore', on: 'read' });
    await expect(adapter.listTemplates(account(authToken))).rejects.toBeInstanceOf(ProviderUnavailable);
  });
});
