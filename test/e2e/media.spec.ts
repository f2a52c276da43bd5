import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import request from 'supertest';
import type { Uuid } from '../../src/common/context';
import { GuardedFetch } from '../../src/common/guarded-fetch';
import { Clock } from '../../src/common/time/clock';
import { MediaStore } from '../../src/modules/conversations/app/media/media-store';
import { TendMedia } from '../../src/modules/conversations/app/media/tend-media.job';
import type { MediaView } from '../../src/modules/conversations/app/media/media-view';
import { aPdf, aPng, aMember, storedFiles, uploadMedia } from '../support';
import { unzip } from '../support/zip';
import {
  aBusiness,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import type { InboundMedia } from '../../tools/twilio-simulator';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterEach(() => place.twilio.faults.clear());
afterAll(() => place.stop());

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** A customer sends files; returns them as the newest message shows them, and its conversation. */
async function received(
  media: InboundMedia[],
  { to = business } = {},
): Promise<{ media: MediaView[]; messageId: Uuid; conversationId: Uuid }> {
  const customer = aCustomer(place, to);
  await customer.writes('', { media });
  await place.quiet();
  const [row] = await place.app.db.query<{ id: Uuid; conversation_id: Uuid }>(
    `SELECT m.id, m.conversation_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
     WHERE c.contact_address = $1 ORDER BY m.created_at DESC LIMIT 1`,
    [customer.phone],
  );
  const { body } = await to.owner.get(`/messages/${row!.id}`).expect(200);
  return {
    media: (body as { media: MediaView[] }).media,
    messageId: row!.id,
    conversationId: row!.conversation_id,
  };
}

const binary = (res: request.Response, done: (error: Error | null, body: Buffer) => void): void => {
  const parts: Buffer[] = [];
  res.on('data', (part: Buffer) => parts.push(part));
  res.on('end', () => done(null, Buffer.concat(parts)));
};

/** What is behind a link, as a stranger gets it. */
const follow = (url: string) =>
  request(place.app.url).get(url.slice(place.app.url.length)).buffer(true).parse(binary);

describe('a file that a customer sends', () => {
  test('is fetched with the credentials of the number, stored, and read by a link', async () => {
    const content = aPng(100_000);
    const { media, messageId } = await received([{ content, contentType: 'image/png' }]);
    expect(media).toEqual([
      {
        id: expect.any(String),
        url: expect.stringContaining(`${place.app.url}/api/v1/media/`),
        contentType: 'image/png',
        size: content.length,
        status: 'stored',
        errorCode: null,
        fileName: null,
      },
    ]);
    const { body, headers } = await follow(media[0]!.url!).expect(200);
    expect((body as Buffer).equals(content)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(content.length),
      'content-disposition': 'inline',
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringContaining('private'),
    });
    const { body: details } = await business.owner.get(`/media/${media[0]!.id}`).expect(200);
    expect(details).toMatchObject({
      direction: 'incoming',
      messageId,
      sha256: sha256(content),
      expiresAt: null,
    });
    const [file] = storedFiles(place.app).filter((path) => path.endsWith(media[0]!.id));
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(readFileSync(file!).equals(content)).toBe(true);
  });

  test('is shown without the address of the provider, anywhere', async () => {
    const { messageId, media } = await received([{ content: aPng(), contentType: 'image/png' }]);
    const texts = [
      await business.owner.get(`/messages/${messageId}`),
      await business.owner.get(`/media/${media[0]!.id}`),
      await business.owner.get('/audit-logs?tableName=media_files&limit=200'),
    ].map(({ text }) => text);
    for (const text of texts) expect(text).not.toContain(place.twilio.url);
    expect(place.app.logs.join('')).not.toContain('/Media/ME');
  });

  test.each<[string, InboundMedia, string]>([
    [
      'a page',
      { content: Buffer.from('<!doctype html><script>'), contentType: 'text/html' },
      'media_type_not_allowed',
    ],
    [
      'a page that says it is text',
      { content: Buffer.from('  <html>'), contentType: 'text/plain' },
      'media_type_not_allowed',
    ],
    [
      'a drawing',
      { content: Buffer.from('<svg onload="x()"/>'), contentType: 'image/svg+xml' },
      'media_type_not_allowed',
    ],
    [
      'a program',
      { content: Buffer.from('MZ\x90\0\x03'), contentType: 'application/pdf' },
      'media_type_not_allowed',
    ],
    ['another kind', { content: aPdf(), contentType: 'image/jpeg' }, 'media_type_mismatch'],
    ['nothing', { content: Buffer.alloc(0), contentType: 'image/png' }, 'media_empty'],
    ['more than is taken', { content: aPng(16 * 1_048_576), contentType: 'image/png' }, 'media_too_large'],
    [
      'a file elsewhere',
      { url: 'https://files.example.test/1', contentType: 'image/png' },
      'url_not_allowed',
    ],
    ['a file within', { url: 'http://169.254.169.254/latest', contentType: 'image/png' }, 'url_not_allowed'],
  ])('%s is refused, with the reason on the message', async (_, file, errorCode) => {
    const before = storedFiles(place.app).length;
    const { media } = await received([file]);
    expect(media).toMatchObject([{ status: 'refused', errorCode, url: null, size: null }]);
    expect(storedFiles(place.app)).toHaveLength(before);
  });

  test('keeps its place among several; one that is refused takes none along', async () => {
    const { media } = await received([
      { content: aPdf(), contentType: 'application/pdf' },
      { content: Buffer.from('<html>'), contentType: 'text/html' },
      { content: aPng(), contentType: 'image/png' },
    ]);
    expect(media.map(({ contentType, status }) => [contentType, status])).toEqual([
      ['application/pdf', 'stored'],
      ['text/html', 'refused'],
      ['image/png', 'stored'],
    ]);
  });

  test('that cannot be had is failed after the last attempt, and had when the job is replayed', async () => {
    const guarded = place.app.nest.get(GuardedFetch);
    const name = jest.spyOn(guarded, 'resolve').mockResolvedValue([]);
    const elsewhere = { url: 'https://media.twiliocdn.com/lost', contentType: 'image/png' };
    const there = { content: aPng(), contentType: 'image/png' };
    const { media, messageId } = await received([elsewhere, there]);
    expect(media).toMatchObject([{ status: 'pending', url: null }, { status: 'stored' }]);
    const job = `FROM graphile_worker._private_jobs WHERE payload->>'mediaId' = '${media[0]!.id}'`;
    await place.app.db.query(
      `UPDATE graphile_worker._private_jobs SET attempts = max_attempts - 1, run_at = now()
       WHERE id = (SELECT id ${job})`,
    );
    await place.app.settled();
    const shown = async () => (await business.owner.get(`/messages/${messageId}`)).body.media[0];
    expect(await shown()).toMatchObject({ status: 'failed', errorCode: 'unreachable', url: null });
    name.mockRestore();

    // Now it lies where the other one is.
    await place.app.db.query(
      'UPDATE media_files SET source_url = (SELECT source_url FROM media_files WHERE id = $2) WHERE id = $1',
      [media[0]!.id, media[1]!.id],
    );
    const [dead] = await place.app.db.query<{ id: string }>(`SELECT id::text ${job}`);
    await business.owner.post(`/jobs/dead/${dead!.id}/replay`).expect(204);
    await place.app.settled();
    expect(await shown()).toMatchObject({ status: 'stored', errorCode: null });
  });

  test('that nobody fetches is found and fetched; one that is lost for a day is given up', async () => {
    const file = { content: aPng(), contentType: 'image/png' };
    const { media, messageId } = await received([file, file]);
    const tend = place.app.nest.get(TendMedia, { strict: false });
    const lose = (id: string, since: string) =>
      place.app.db.query(
        `UPDATE media_files SET status = 'pending', content_type = NULL, size_bytes = NULL, sha256 = NULL,
           created_at = now() - $2::interval WHERE id = $1`,
        [id, since],
      );
    await lose(media[0]!.id, '16 minutes');
    await lose(media[1]!.id, '25 hours');
    await tend.run();
    await place.app.settled();
    const { body } = await business.owner.get(`/messages/${messageId}`);
    expect(body.media).toMatchObject([{ status: 'stored' }, { status: 'failed', errorCode: 'not_fetched' }]);
  });

  test('that is erased while it is fetched is not left in the storage', async () => {
    const store = place.app.nest.get(MediaStore, { strict: false });
    const take = store.take.bind(store);
    jest.spyOn(store, 'take').mockImplementationOnce(async (scope, file) => {
      const stored = await take(scope, file);
      await place.app.db.query('DELETE FROM media_files WHERE id = $1', [file.id]);
      return stored;
    });
    const before = storedFiles(place.app).length;
    const { media } = await received([{ content: aPng(), contentType: 'image/png' }]);
    expect(media).toEqual([]);
    expect(storedFiles(place.app)).toHaveLength(before);
  });
});

describe('a link', () => {
  const broken: [string, (url: URL) => void][] = [
    ['without a signature', (url) => url.searchParams.delete('signature')],
    ['with another signature', (url) => url.searchParams.set('signature', 'A'.repeat(43))],
    ['prolonged', (url) => url.searchParams.set('expires', '99999999999')],
    ['of another organization', (url) => url.searchParams.set('org', '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1')],
    ['without an organization', (url) => url.searchParams.delete('org')],
    [
      'of another file',
      (url) => (url.pathname = '/api/v1/media/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1/content'),
    ],
  ];
  test.each(broken)('%s opens nothing', async (_, change) => {
    const { media } = await received([{ content: aPng(), contentType: 'image/png' }]);
    const url = new URL(media[0]!.url!);
    change(url);
    const { body } = await request(place.app.url)
      .get(url.pathname + url.search)
      .expect(404);
    expect(body).toMatchObject({ code: 'media_not_found' });
  });

  test('opens nothing once it is over, nor while the organization is suspended', async () => {
    const to = await aBusiness(place);
    const { media } = await received([{ content: aPng(), contentType: 'image/png' }], { to });
    await follow(media[0]!.url!).expect(200);
    const later = new Date(Date.now() + 11 * 60_000);
    const now = jest.spyOn(place.app.nest.get(Clock), 'now').mockReturnValue(later);
    await follow(media[0]!.url!).expect(404);
    now.mockRestore();
    await place.app.db.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [to.orgId]);
    await follow(media[0]!.url!).expect(404);
  });
});

describe('an upload', () => {
  const upload = (content: Buffer, options?: { type?: string; query?: string }) =>
    uploadMedia(place.app, business.ownerToken, content, options);

  test('is stored, with its name, and waits a day to be sent', async () => {
    const { body } = await upload(aPdf(), {
      type: 'application/pdf',
      query: '?fileName=../../etc/Pr%C3%A9is.pdf',
    }).expect(201);
    expect(body).toMatchObject({
      direction: 'outgoing',
      status: 'stored',
      contentType: 'application/pdf',
      fileName: 'Préis.pdf',
      messageId: null,
      sha256: sha256(aPdf()),
    });
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const { headers } = await follow(body.url).expect(200);
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''Pr%C3%A9is.pdf");
  });

  test.each<[string, Buffer, string, number, string]>([
    ['a page', Buffer.from('<html>'), 'text/plain', 415, 'media_type_not_allowed'],
    ['a type that is not taken', Buffer.from('<html>'), 'text/html', 415, 'unsupported_content_type'],
    ['another kind', aPdf(), 'image/png', 415, 'media_type_mismatch'],
    ['nothing', Buffer.alloc(0), 'image/png', 422, 'media_empty'],
    ['too much', aPng(16 * 1_048_576), 'image/png', 413, 'media_too_large'],
  ])('of %s is refused and leaves nothing', async (_, content, type, status, code) => {
    const files = storedFiles(place.app).length;
    const { body } = await upload(content, { type }).expect(status);
    expect(body).toMatchObject({ code });
    await place.app.settled();
    expect(storedFiles(place.app)).toHaveLength(files);
    expect(await place.app.db.query(`SELECT id FROM media_files WHERE status = 'pending'`)).toEqual([]);
  });

  test('needs the right to send', async () => {
    const { token } = await aMember(place.app, business.orgId, 'viewer');
    await uploadMedia(place.app, token, aPng()).expect(403);
  });

  test('from an address of an inner network is refused in the same words as one that does not exist', async () => {
    const refusals = await Promise.all(
      [
        'https://127.0.0.1/a.png',
        'https://localhost.localdomain.example.invalid/a.png',
        'https://[::1]/a.png',
      ].map(async (url) => (await business.owner.post('/media/from-url', { url }).expect(422)).body.errors),
    );
    for (const errors of refusals) expect(errors).toEqual(refusals[0]);
    expect(refusals[0]).toMatchObject([{ field: 'url', code: 'not_reachable' }]);
  });

  test('that nobody sent goes after a day, from the storage, too', async () => {
    const { body } = await upload(aPng()).expect(201);
    await place.app.db.query('UPDATE media_files SET expires_at = now() WHERE id = $1', [body.id]);
    await place.app.nest.get(TendMedia, { strict: false }).run();
    await place.app.settled();
    await business.owner.get(`/media/${body.id}`).expect(404);
    expect(storedFiles(place.app).filter((path) => path.includes(body.id))).toEqual([]);
  });
});

describe('an erased person', () => {
  test('leaves no file', async () => {
    const { media, conversationId } = await received([{ content: aPdf(), contentType: 'application/pdf' }]);
    const { body } = await business.owner.get(`/conversations/${conversationId}`).expect(200);
    const { body: zip } = await business.owner
      .get(`/contacts/${body.contact.id}/privacy-export`)
      .buffer(true)
      .parse(binary)
      .expect(200);
    const files = await unzip(zip as Buffer);
    expect(JSON.parse(files.get('media-files.json')!)).toMatchObject([
      { id: media[0]!.id, content_type: 'application/pdf' },
    ]);
    expect(files.get(`media-files/${media[0]!.id}`)).toBe(aPdf().toString());
    await business.owner.post(`/contacts/${body.contact.id}/erase`, { reason: 'requested' }).expect(202);
    await place.quiet();
    await business.owner.get(`/media/${media[0]!.id}`).expect(404);
    await follow(media[0]!.url!).expect(404);
    expect(storedFiles(place.app).filter((path) => path.includes(media[0]!.id))).toEqual([]);
    const rows = await place.app.db.query('SELECT id FROM media_files WHERE id = $1', [media[0]!.id]);
    expect(rows).toEqual([]);
  });
});

test('another organization finds nothing', async () => {
  const other = await aBusiness(place);
  const { media } = await received([{ content: aPng(), contentType: 'image/png' }]);
  await other.owner.get(`/media/${media[0]!.id}`).expect(404);
});
