import type { Uuid } from '../../src/common/context';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aMember, as } from '../support/people';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterAll(() => place.stop());

const add = async (word: object, status = 201, { owner } = business) =>
  (await owner.post('/consent-keywords', { language: 'fr', action: 'opt_out', ...word }).expect(status))
    .body as Record<string, unknown> & { id: Uuid };
const open = async (phone: string): Promise<string[]> => {
  const { body } = await business.owner.get(`/consent?phone=${encodeURIComponent(phone)}`).expect(200);
  return (body as { channel: string; purpose: string; optedIn: boolean }[])
    .filter(({ channel, optedIn }) => channel === 'whatsapp' && optedIn)
    .map(({ purpose }) => purpose);
};

describe('words of their own', () => {
  beforeAll(async () => {
    await add({ word: 'Arrêt' });
    await add({ word: 'Keinewerbung', language: 'de', purpose: 'marketing' });
    await add({
      word: 'ANGEBOTE',
      language: 'de',
      action: 'opt_in',
      purpose: 'marketing',
      reply: 'Willkommen!',
    });
    await add({ word: 'aide', action: 'help' });
  });

  test.each(['ARRÊT', ' arrêt. ', 'arre\u0302t', '«Arrêt»'])(
    '%s opts out of everything, answered once',
    async (word) => {
      const { customer } = await aConversation(place, business);
      await customer.writes(word);
      await place.quiet();
      expect(await open(customer.phone)).toEqual([]);
      expect(customer.read()).toEqual([expect.stringContaining('Vous ne recevrez plus de messages')]);
    },
  );

  test.each(['arret', 'Arrêt maintenant', 'аrrêt', 'arrêt1'])('%s means nothing', async (word) => {
    const { customer } = await aConversation(place, business);
    await customer.writes(word);
    await place.quiet();
    expect(await open(customer.phone)).toEqual(['transactional']);
    expect(customer.read()).toEqual([]);
  });

  test('marketing is opened by a word that says so alone, and closed alone', async () => {
    const { customer } = await aConversation(place, business);
    await customer.writes('START');
    await place.quiet();
    expect(await open(customer.phone)).toEqual(['transactional']);
    await customer.writes('Angebote');
    await place.quiet();
    expect(await open(customer.phone)).toEqual(['transactional', 'marketing']);
    await customer.writes('keinewerbung');
    await place.quiet();
    expect(await open(customer.phone)).toEqual(['transactional']);
    expect(customer.read().slice(1)).toEqual(['Willkommen!', expect.stringContaining('keine Angebote mehr')]);
    await customer.writes('Angebote');
    await customer.writes('STOP');
    await place.quiet();
    expect(await open(customer.phone)).toEqual([]);
    await customer.writes('Start');
    await place.quiet();
    expect(await open(customer.phone)).toEqual(['transactional']);
  });

  test('none is answered where the provider has answered', async () => {
    const { customer } = await aConversation(place, business);
    await customer.writes('Arrêt', { optOutType: 'STOP' });
    await place.quiet();
    expect(await open(customer.phone)).toEqual([]);
    expect(customer.read()).toEqual([]);
  });

  test('mean nothing in another organization', async () => {
    const other = await aBusiness(place);
    const { customer } = await aConversation(place, other);
    await customer.writes('Arrêt');
    await place.quiet();
    expect(customer.read()).toEqual([]);
  });

  test('are one word, not a standard one, and each once', async () => {
    expect(await add({ word: 'deux mots' }, 422)).toMatchObject({ code: 'consent_keyword_invalid' });
    expect(await add({ word: 'stop!' }, 422)).toMatchObject({ code: 'consent_keyword_invalid' });
    expect(await add({ word: 'ARRE\u0302T' }, 409)).toMatchObject({ code: 'consent_keyword_taken' });
    const viewer = await aMember(place.app, business.orgId, 'agent');
    const agent = as(place.app, viewer.token);
    await agent.post('/consent-keywords', { word: 'x', language: 'fr', action: 'help' }).expect(403);
    await agent.get('/consent-keywords').expect(200);
  });

  test('are changed, with their version, and deleted', async () => {
    const { id } = await add({ word: 'Fin' });
    const path = `/consent-keywords/${id}`;
    const stale = `"${business.orgId}.1"`;
    const { body } = await business.owner.patch(path, { reply: 'Au revoir.' }).expect(200);
    expect(body).toMatchObject({ reply: 'Au revoir.', version: 2 });
    await business.owner.patch(path, { reply: null }).set('If-Match', stale).expect(412);
    const { customer } = await aConversation(place, business);
    await customer.writes('fin');
    await place.quiet();
    expect(customer.read()).toEqual(['Au revoir.']);
    await business.owner.delete(path).expect(204);
    await business.owner.get(path).expect(404);
  });
});

test('what answers is in the words of the organization', async () => {
  const text = 'Call us at +49 30 1234567. Reply STOP to get no more messages.';
  const { body } = await business.owner
    .patch('/consent-texts', { answer: 'help', language: 'en', text })
    .expect(200);
  expect(body).toContainEqual({ answer: 'help', language: 'en', text, isStandard: false });
  const { customer } = await aConversation(place, business);
  await customer.writes('HELP');
  await customer.writes('help');
  await place.quiet();
  expect(customer.read()).toEqual([text, text]);
  await business.owner.patch('/consent-texts', { answer: 'help', language: 'en', text: null }).expect(200);
  await customer.writes('info');
  await place.quiet();
  expect(customer.read().at(-1)).toContain('A member of our team');
});
