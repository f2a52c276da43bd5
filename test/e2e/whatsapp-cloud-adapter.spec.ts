import type { Config } from '../../src/common/config';
import { newId } from '../../src/common/context';
import type { ProviderAccount, ProviderMessage } from '../../src/modules/channels/domain/provider';
import { WhatsappCloudProvider } from '../../src/modules/channels/providers/whatsapp-cloud/whatsapp-cloud.provider';
import type { FaultEffect, WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { aCloud, aCloudNumber, type CloudNumber } from '../support/cloud';

const CUSTOMER = '+4915112345678';
/** Longer than any machine takes to answer: what is asked for here is the answer. */
const TIMEOUT_MS = 30_000;
/** For the test of the time-out itself. */
const SHORT_TIMEOUT_MS = 400;

const REMINDER = [
  { type: 'HEADER', format: 'TEXT', text: 'Dear {{1}}' },
  { type: 'BODY', text: 'See you on {{1}} at {{2}}.' },
  { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Change it', url: 'https://example.com/{{1}}' }] },
];

let cloud: WhatsappCloudSimulator;
let meta: WhatsappCloudProvider;
let impatient: WhatsappCloudProvider;
let number: CloudNumber;
let account: ProviderAccount;

const providerOf = (apiBaseUrl: string, timeoutMs: number) =>
  new WhatsappCloudProvider({ whatsappCloud: { apiBaseUrl, timeoutMs } } as Config);

beforeAll(async () => {
  cloud = await aCloud({ settings: { statuses: false } });
  number = aCloudNumber(cloud);
  const { accountId, appId, appSecret, accessToken } = number;
  account = { accountId, secrets: { appId, appSecret, accessToken } };
  const named = [{ type: 'BODY', text: 'Hello {{first_name}}' }];
  cloud.addTemplate({ accountId, name: 'reminder', components: REMINDER });
  cloud.addTemplate({ accountId, name: 'named', parameterFormat: 'NAMED', components: named });
  cloud.addTemplate({
    accountId,
    name: 'plain',
    language: 'de',
    components: [{ type: 'BODY', text: 'Hallo' }],
  });
  meta = providerOf(cloud.url, TIMEOUT_MS);
  impatient = providerOf(cloud.url, SHORT_TIMEOUT_MS);
});
afterEach(() => cloud.faults.clear());
afterAll(async () => {
  meta.onApplicationShutdown();
  impatient.onApplicationShutdown();
  await cloud.close();
});

const CONTENT = { body: 'Hello', files: [], template: null };

function aMessage(given: Partial<ProviderMessage> = {}): ProviderMessage {
  const from = { channel: 'whatsapp', from: number.address, fromNumberId: number.numberId } as const;
  const statusCallback = 'http://127.0.0.1:9/callback';
  return { ...from, to: CUSTOMER, ...CONTENT, messageId: newId(), statusCallback, ...given };
}

const file = (contentType: string, name: string | null = null) => ({
  url: 'https://example.com/files/1?token=a',
  contentType,
  name,
});

describe("what is sent is valid by Meta's published description, and arrives", () => {
  test.each<[string, Partial<ProviderMessage>, object]>([
    ['a text', { body: 'Grüße & 👋' }, { type: 'text', text: 'Grüße & 👋', to: CUSTOMER.slice(1) }],
    ['to a person who shows no number', { to: 'US.13491208655302741918' }, { to: 'US.13491208655302741918' }],
    ['a picture with words', { files: [file('image/jpeg')] }, { type: 'image', text: 'Hello' }],
    ['a voice message', { body: null, files: [file('audio/ogg')] }, { type: 'audio', text: '' }],
    ['a film', { body: null, files: [file('video/mp4')] }, { type: 'video' }],
    ['a document', { files: [file('application/pdf', 'Offer.pdf')] }, { type: 'document', text: 'Hello' }],
    [
      'a template with values in header, body and button',
      {
        template: {
          contentId: 'reminder/en',
          variables: { HEADER_1: 'Dana', 1: 'Friday', 2: '10:00', BUTTON0_1: 'a' },
        },
      },
      { type: 'template', text: 'See you on Friday at 10:00.' },
    ],
    [
      'a template with names for its values',
      { template: { contentId: 'named/en', variables: { first_name: 'Dana' } } },
      { type: 'template', text: 'Hello Dana' },
    ],
    ['a template without values', { template: { contentId: 'plain/de', variables: {} } }, { text: 'Hallo' }],
  ])('%s', async (_what, given, wanted) => {
    const { accountId } = number;
    const message = aMessage(given);
    const outcome = await meta.send(account, message);
    const sent = cloud.messages({ accountId }).at(-1);
    expect(outcome).toEqual({ kind: 'accepted', providerMessageId: sent?.id, status: 'accepted' });
    expect(sent).toMatchObject({ ...wanted, callbackData: message.messageId });
    expect(cloud.violations()).toEqual([]);
  });

  test('so is what is read: account, token, numbers, templates, files', async () => {
    const more = { address: number.address, numberId: number.numberId };
    expect(await meta.verifyAccount({ ...account, ...more })).toMatchObject({ kind: 'accepted' });
    for (let made = 0; made < 101; made++)
      cloud.addTemplate({ accountId: number.accountId, name: `template_${made}`, language: 'en' });
    expect((await meta.listTemplates(account)).length).toBeGreaterThan(100);
    const media = { content: Buffer.from('a picture'), contentType: 'image/png' };
    cloud.addAccount({ id: number.accountId, webhookUrl: 'http://127.0.0.1:9' });
    const { body } = cloud.signedInbound({ numberId: number.numberId, from: CUSTOMER, media });
    const [, id = ''] = /"image":\{[^}]*"id":"(\d+)"/.exec(body) ?? [];
    const url = await meta.locateMedia(account, `whatsapp-cloud:${id}`);
    const { credentials } = meta.mediaAccess(account);
    const answer = await fetch(url, { headers: { authorization: credentials.authorization } });
    expect(await answer.text()).toBe('a picture');
    expect(cloud.violations()).toEqual([]);
  });
});

describe('what Meta answers', () => {
  const refused = (code: string, providerCode: number) => ({ kind: 'refused', code, providerCode });

  test.each<[string, FaultEffect, object]>([
    [
      'too many',
      { kind: 'fail', status: 429, code: 130429, retryAfter: 7 },
      { kind: 'retry', code: 'rate_limited', afterSeconds: 7 },
    ],
    [
      'too many for the account',
      { kind: 'fail', status: 400, code: 80007 },
      { kind: 'retry', code: 'rate_limited' },
    ],
    ['an ended token', { kind: 'fail', status: 401, code: 190 }, refused('credentials_rejected', 190)],
    ['too late', { kind: 'fail', status: 400, code: 131047 }, refused('outside_window', 131047)],
    ['nobody there', { kind: 'fail', status: 400, code: 131026 }, refused('invalid_number', 131026)],
    ['its own failure', { kind: 'fail', status: 500, code: 2 }, { kind: 'unknown' }],
    ['nothing, having taken it', { kind: 'drop' }, { kind: 'unknown' }],
    ['nothing', { kind: 'dropBefore' }, { kind: 'unknown' }],
    ['no JSON', { kind: 'malformed' }, { kind: 'unknown' }],
    ['no message', { kind: 'malformed', body: '{"messages":[]}' }, { kind: 'unknown' }],
  ])('%s', async (_what, fault, outcome) => {
    cloud.faults.add(fault);
    expect(await meta.send(account, aMessage())).toEqual(outcome);
  });

  test('nothing in time', async () => {
    cloud.faults.add({ kind: 'delay', ms: SHORT_TIMEOUT_MS * 10 });
    expect(await impatient.send(account, aMessage())).toEqual({ kind: 'unknown' });
  });
});
