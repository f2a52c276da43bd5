import { startCloudPeer, TEXT, type CloudPeer } from './peer';

describe("what Meta's published description says of requests", () => {
  let peer: CloudPeer;
  let path: string;
  let token: string;
  let accountId: string;

  beforeAll(async () => {
    peer = await startCloudPeer();
    peer.simulator.configure({ statuses: false });
    const { account, number } = peer.aNumber();
    accountId = account.id;
    token = account.accessToken;
    path = `${number.id}/messages`;
    const components = [{ type: 'BODY', text: 'Hello {{1}}' }];
    peer.simulator.addTemplate({ accountId, name: 'reminder', components });
  });
  afterAll(() => peer.close());

  /** Rule and name of each thing that was wrong since the last time. */
  function broken(): string[] {
    const found = peer.simulator.violations().map(({ rule, name }) => `${rule}: ${name}`);
    peer.simulator.clearViolations();
    return found;
  }

  const language = { policy: 'deterministic', code: 'en' };
  const body = { type: 'body', parameters: [{ type: 'text', text: 'Dana' }] };
  const template = { ...TEXT, text: undefined, type: 'template' };

  test.each<[string, object, string[]]>([
    ['nothing of a text', TEXT, []],
    ['nothing of an answer', { ...TEXT, context: { message_id: 'wamid.1' } }, []],
    [
      'nothing of a template',
      { ...template, template: { name: 'reminder', language, components: [body] } },
      [],
    ],
    ['who it is for', { ...TEXT, recipient_type: undefined }, ['missing name: recipient_type']],
    ['two recipients', { ...TEXT, recipient: 'US.1' }, ['value: to']],
    ['a name that is not described', { ...TEXT, priority: 'high' }, ['unknown name: priority']],
    ['a type', { ...TEXT, text: { body: 'Hi', preview_url: 'no' } }, ['value: text.preview_url']],
    ['a length', { ...TEXT, biz_opaque_callback_data: 'x'.repeat(513) }, ['value: biz_opaque_callback_data']],
    [
      'how a template is to be read',
      { ...template, template: { name: 'reminder', language: { code: 'en' }, components: [body] } },
      ['missing name: template.language.policy'],
    ],
    [
      'a button without its place',
      {
        ...template,
        template: {
          name: 'reminder',
          language,
          components: [body, { type: 'button', sub_type: 'url', parameters: [{ type: 'text', text: 'a' }] }],
        },
      },
      ['missing name: template.components[1].index'],
    ],
    ['a kind that nobody sends', { ...TEXT, type: 'location', location: {} }, ['value: type']],
  ])('finds %s', async (_what, message, wanted) => {
    const { status } = await peer.call(path, token, message);
    expect({ status, broken: broken() }).toEqual({ status: wanted.length === 0 ? 200 : 400, broken: wanted });
  });

  test('knows paths, methods, queries and headers', async () => {
    const fetched = async (
      target: string,
      {
        headers: more = {},
        ...init
      }: { headers?: Record<string, string>; method?: string; body?: string } = {},
    ): Promise<string[]> => {
      const headers = { Authorization: `Bearer ${token}`, 'User-Agent': 'tests/1.0.0', ...more };
      await fetch(peer.simulator.url + target, { ...init, headers });
      return broken();
    };
    expect(await fetched(`/v23.0/${accountId}/phone_numbers?limit=100&fields=id`)).toEqual([]);
    expect(await fetched(`/v23.0/${accountId}/phone_numbers?limit=101`)).toEqual(['value: limit']);
    expect(await fetched(`/v23.0/${accountId}?access_token=x`)).toEqual(['unknown name: access_token']);
    expect(await fetched('/v23.0/debug_token')).toEqual(['missing name: input_token']);
    expect(await fetched(`/${accountId}`)).toEqual(['path: null']);
    expect(await fetched(`/v23.0/${path}`)).toEqual(['method: null']);
    expect(await fetched(`/v23.0/${accountId}`, { headers: { 'User-Agent': 'node' } })).toEqual([
      'value: user-agent',
    ]);
    expect(await fetched(`/v23.0/${accountId}`, { headers: { Authorization: 'OAuth x' } })).toEqual([
      'authorization: authorization',
    ]);
    expect(await fetched(`/v23.0/${path}`, { method: 'POST', body: JSON.stringify(TEXT) })).toEqual([
      'content-type: content-type',
    ]);
    const json = { 'Content-Type': 'application/json' };
    expect(await fetched(`/v23.0/${path}`, { method: 'POST', headers: json, body: '[]' })).toEqual([
      'body: null',
    ]);
  });
});
