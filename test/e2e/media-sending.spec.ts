import { createHash } from 'node:crypto';
import type { Uuid } from '../../src/common/context';
import { aPdf, aPng, uploadMedia } from '../support';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

let place: TestInstallation;
let business: TestBusiness;
let conversation: TestConversation;

beforeAll(async () => {
  place = await anInstallation();
  place.twilio.configure({ fetchMedia: true });
  business = await aBusiness(place);
  conversation = await aConversation(place, business);
});
afterAll(() => place.stop());

async function uploaded(content: Buffer, type = 'image/png', token = business.ownerToken): Promise<Uuid> {
  const { body } = await uploadMedia(place.app, token, content, { type }).expect(201);
  return (body as { id: Uuid }).id;
}

const send = (body: object) => business.owner.post(`/conversations/${conversation.id}/messages`, body);

describe('a message with a file', () => {
  test('arrives: the provider fetches from us what was uploaded, byte for byte', async () => {
    const content = aPng(200_000);
    const id = await uploaded(content);
    const { body } = await send({ text: 'Look at this', mediaIds: [id] }).expect(201);
    expect(body).toMatchObject({
      text: 'Look at this',
      media: [{ id, status: 'stored', contentType: 'image/png', size: content.length }],
    });
    await place.quiet();
    const got = conversation.customer.got().at(-1)!;
    expect(got).toMatchObject({
      body: 'Look at this',
      fetchedMedia: [
        {
          status: 200,
          contentType: 'image/png',
          size: content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
        },
      ],
    });
    expect(await conversation.message(body.id)).toMatchObject({ status: 'delivered' });
    const { body: file } = await business.owner.get(`/media/${id}`).expect(200);
    expect(file).toMatchObject({ messageId: body.id, expiresAt: null });
  });

  test('needs no text', async () => {
    const { body } = await send({ mediaIds: [await uploaded(aPdf(), 'application/pdf')] }).expect(201);
    expect(body).toMatchObject({ text: null, media: [{ contentType: 'application/pdf' }] });
    await place.quiet();
    expect(conversation.customer.got().at(-1)).toMatchObject({ body: '', fetchedMedia: [{ status: 200 }] });
  });

  test('without text and file is none', async () => {
    const { body } = await send({ mediaIds: [] }).expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'text', code: 'required' }] });
  });

  const unknown = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1';
  test.each<[string, () => Promise<string[]>, string, string]>([
    ['a file that there is not', async () => [unknown], 'mediaIds.0', 'unknown'],
    [
      'what is too large for WhatsApp',
      async () => [await uploaded(aPng(6 * 1_048_576))],
      'mediaIds.0',
      'too_large',
    ],
    [
      'what WhatsApp does not carry',
      async () => [await uploaded(Buffer.from('GIF89a'), 'image/gif')],
      'mediaIds.0',
      'type_not_carried',
    ],
    [
      'two files on WhatsApp',
      async () => [await uploaded(aPng()), await uploaded(aPng())],
      'mediaIds',
      'too_many',
    ],
    [
      'a file that was sent',
      async () => {
        const id = await uploaded(aPng());
        await send({ mediaIds: [id] }).expect(201);
        return [id];
      },
      'mediaIds.0',
      'sent_before',
    ],
    [
      'a file that a customer sent',
      async () => {
        await conversation.customer.writes('', { media: [{ content: aPng(), contentType: 'image/png' }] });
        await place.quiet();
        const rows = await place.app.db.query<{ id: string }>(
          `SELECT id FROM media_files WHERE direction = 'incoming'`,
        );
        return [rows[0]!.id];
      },
      'mediaIds.0',
      'unknown',
    ],
    [
      'a file of another organization',
      async () => {
        const other = await aBusiness(place);
        return [await uploaded(aPng(), 'image/png', other.ownerToken)];
      },
      'mediaIds.0',
      'unknown',
    ],
    [
      'a file that has not arrived',
      async () => {
        const id = await uploaded(aPng());
        await place.app.db.query(
          `UPDATE media_files SET status = 'pending', content_type = NULL, size_bytes = NULL, sha256 = NULL WHERE id = $1`,
          [id],
        );
        return [id];
      },
      'mediaIds.0',
      'not_stored',
    ],
  ])('cannot be %s', async (_, ids, field, code) => {
    const mediaIds = await ids();
    const { body } = await send({ text: 'Look', mediaIds }).expect(422);
    expect(body).toMatchObject({ code: 'media_not_sendable', errors: [{ field, code }] });
  });

  test('sent twice at the same time goes once', async () => {
    const id = await uploaded(aPng());
    const answers = await Promise.all([1, 2, 3, 4].map(() => send({ mediaIds: [id] })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
  });
});
