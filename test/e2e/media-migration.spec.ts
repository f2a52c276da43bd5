import { prepareDatabase, revertLastMigration, showMigrations } from '../../tools/database/prepare';
import { aDatabase, ROLE_PASSWORDS, type TestDatabase } from '../support';

let db: TestDatabase;

beforeAll(async () => (db = await aDatabase()));
afterAll(() => db.drop());

/** Goes back to before the migration that takes files in. */
async function goBack(): Promise<void> {
  const applied = async () =>
    (await showMigrations(db.adminUrl)).some(({ name, applied: is }) => is && name.startsWith('Media'));
  while (await applied()) await revertLastMigration(db.adminUrl);
}

const ID = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const FILES = [
  { url: 'https://api.twilio.com/1', contentType: 'image/png' },
  { url: 'https://api.twilio.com/2', contentType: 'application/pdf' },
];
const mediaOf = async () =>
  (await db.query<{ media: unknown }>('SELECT media FROM messages WHERE id = $1', [ID(5)]))[0]!.media;

it('takes in what messages of an earlier version refer to, to be fetched, and gives it back', async () => {
  await goBack();
  await db.query(`INSERT INTO organizations (id, name, slug) VALUES ($1, 'Clinic', 'clinic')`, [ID(1)]);
  await db.query(`INSERT INTO contacts (org_id, id, name) VALUES ($1, $2, 'Ada')`, [ID(1), ID(2)]);
  await db.query(
    `INSERT INTO conversations (org_id, id, contact_id, contact_address, last_message_at)
     VALUES ($1, $2, $3, '+4915155500001', now())`,
    [ID(1), ID(3), ID(2)],
  );
  for (const [id, media] of [
    [ID(4), []],
    [ID(5), FILES],
  ] as const)
    await db.query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, media, author_type, status)
       VALUES ($1, $2, $3, 'incoming', $4, 'contact', 'received')`,
      [ID(1), id, ID(3), JSON.stringify(media)],
    );

  await prepareDatabase({ adminUrl: db.adminUrl, ...ROLE_PASSWORDS });
  const files = await db.query<{ id: string }>(
    'SELECT id, message_id, direction, status, source_url, declared_type FROM media_files ORDER BY position',
  );
  expect(files).toMatchObject(
    FILES.map(({ url, contentType }) => ({
      message_id: ID(5),
      direction: 'incoming',
      status: 'pending',
      source_url: url,
      declared_type: contentType,
    })),
  );
  expect(await mediaOf()).toEqual(files.map(({ id }) => ({ id })));

  await goBack();
  expect(await mediaOf()).toEqual(FILES);
});
