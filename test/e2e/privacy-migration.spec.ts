import { prepareDatabase, revertLastMigration, showMigrations } from '../../tools/database/prepare';
import { aDatabase, ROLE_PASSWORDS, type TestDatabase } from '../support';

let db: TestDatabase;

beforeAll(async () => (db = await aDatabase()));
afterAll(() => db.drop());

/** Goes back to before the migration that hides personal data. */
async function goBack(): Promise<void> {
  const applied = async () =>
    (await showMigrations(db.adminUrl)).some(({ name, applied: is }) => is && name.startsWith('Privacy'));
  while (await applied()) await revertLastMigration(db.adminUrl);
}

it('redacts what the trail of an earlier version says of people, and nothing else of it', async () => {
  await goBack();
  const org = '00000000-0000-7000-8000-000000000001';
  const contact = '00000000-0000-7000-8000-000000000002';
  await db.query(`INSERT INTO organizations (id, name, slug) VALUES ($1, 'Clinic', 'clinic')`, [org]);
  await db.query(
    `INSERT INTO contacts (org_id, id, name, phone, notes) VALUES ($1, $2, 'Wilhelmina', '+4915155500001', 'shy')`,
    [org, contact],
  );
  await db.query(`UPDATE contacts SET name = 'Mina', lead_status = 'contacted' WHERE id = $1`, [contact]);
  await db.query(
    `INSERT INTO consent_events (org_id, id, phone, channel, action, source, evidence, at)
     VALUES ($1, $2, '+4915155500001', 'sms', 'opt_in', 'api', '{"ip": "203.0.113.9"}', now())`,
    [org, contact],
  );
  const trail = () =>
    db.query<{ text: string }>(`SELECT a::text AS text FROM audit_logs a WHERE org_id = $1 ORDER BY id`, [
      org,
    ]);
  const spoken = /Wilhelmina|Mina|4915155500001|shy|203\.0\.113\.9/;
  const before = await trail();
  expect(before.map(({ text }) => text).join('\n')).toMatch(spoken);

  await prepareDatabase({ adminUrl: db.adminUrl, ...ROLE_PASSWORDS });

  const after = await trail();
  expect(after).toHaveLength(before.length);
  expect(after.map(({ text }) => text).join('\n')).not.toMatch(spoken);
  const [update] = await db.query(
    `SELECT old_values, new_values FROM audit_logs WHERE record_id = $1 AND operation = 'UPDATE'`,
    [contact],
  );
  expect(update).toMatchObject({
    old_values: { name: '[hidden]', lead_status: 'new' },
    new_values: { name: '[hidden]', lead_status: 'contacted' },
  });
  await expect(db.query('DELETE FROM audit_logs')).rejects.toThrow('append-only');
  await expect(db.query(`UPDATE audit_logs SET actor = 'x'`)).rejects.toThrow('append-only');
});

it('lets an erasure alone change the ledger of consent, and in nothing but who it speaks of', async () => {
  const hash = `erased:${'a'.repeat(64)}`;
  await expect(db.query(`UPDATE consent_events SET phone = $1, evidence = '{}'`, [hash])).rejects.toThrow(
    'append-only',
  );
  await expect(db.query('DELETE FROM consent_events')).rejects.toThrow('append-only');
  const asDefiner = (sql: string) => db.query(`BEGIN; SET LOCAL ROLE frontdesk_definer; ${sql}; COMMIT`);
  for (const sql of [
    `UPDATE consent_events SET phone = '${hash}', evidence = '{}', action = 'opt_out'`,
    `UPDATE consent_events SET phone = '+4915155500002', evidence = '{}'`,
    `UPDATE consent_events SET phone = '${hash}'`,
  ]) {
    await expect(asDefiner(sql)).rejects.toThrow('append-only');
    await db.query('ROLLBACK');
  }
  await asDefiner(`UPDATE consent_events SET phone = '${hash}', evidence = '{}'`);
  expect(await db.query('SELECT phone, action FROM consent_events')).toEqual([
    { phone: hash, action: 'opt_in' },
  ]);
});
