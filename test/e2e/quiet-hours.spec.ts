import { ReleaseHeld } from '../../src/modules/conversations/app/release-held.job';
import { SendQueue } from '../../src/modules/conversations/app/send-queue';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';
import { consents } from '../support/consents';
import { until } from '../support/until';

let place: TestInstallation;
let business: TestBusiness;
let conversation: TestConversation;

beforeAll(async () => {
  place = await anInstallation();
});
beforeEach(async () => {
  business = await aBusiness(place);
  conversation = await aConversation(place, business);
  await consents(business, conversation.customer.phone, 'marketing');
});
afterAll(() => place.stop());

/** A zone in which it is about this hour now, so that the test need not wait for it. */
function zoneAt(hour: number): string {
  const difference = (hour - new Date().getUTCHours() + 24) % 24;
  // Zones of this kind count towards the west: Etc/GMT-3 is three hours ahead.
  if (difference === 0) return 'Etc/GMT';
  return difference <= 12 ? `Etc/GMT-${difference}` : `Etc/GMT+${24 - difference}`;
}

const livesIn = (timezone: string) =>
  place.app.db.query(
    'UPDATE contacts SET timezone = $2 WHERE id = (SELECT contact_id FROM conversations WHERE id = $1)',
    [conversation.id, timezone],
  );

/** One of many, as a bulk send makes them. */
async function aBulkMessage(purpose: 'marketing' | 'transactional'): Promise<string> {
  const [row] = await place.app.db.query<{ id: string }>(
    `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, consent_purpose, body, author_type, status)
     SELECT org_id, new_uuid_v7(), id, 'outgoing', 'bulk', $2, 'Ten per cent off', 'system', 'queued'
     FROM conversations WHERE id = $1 RETURNING id`,
    [conversation.id, purpose],
  );
  await place.app.database.runInOrg(business.scope, () =>
    place.app.nest.get(SendQueue, { strict: false }).dispatch(business.connection.id, 'bulk'),
  );
  await judged(row!.id);
  return row!.id;
}

/** Bulk messages wait for a slot of the pace, some milliseconds, which nothing that is due tells. */
async function judged(id: string): Promise<void> {
  await until(async () => (await message(id)).status !== 'queued');
  await place.quiet();
}

interface Shown {
  readonly status: string;
  readonly heldUntil: string | null;
}

const message = async (id: string) => (await business.owner.get(`/messages/${id}`).expect(200)).body as Shown;

/** Lets the night go by. */
async function morning(): Promise<void> {
  await livesIn(zoneAt(12));
  await place.app.db.query(`UPDATE messages SET held_until = now() WHERE status = 'held'`);
  await place.app.nest.get(ReleaseHeld, { strict: false }).run();
  await place.quiet();
}

test('marketing by day goes at once', async () => {
  await livesIn(zoneAt(12));
  expect(await message(await aBulkMessage('marketing'))).toMatchObject({ status: 'delivered' });
});

test('marketing by night is held until the morning, says so, and goes then', async () => {
  await livesIn(zoneAt(2));
  const id = await aBulkMessage('marketing');
  const held = await message(id);
  expect(held).toMatchObject({ status: 'held', heldBecause: 'quiet_hours' });
  // At two at night it is about six hours to eight in the morning.
  const hours = (new Date(held.heldUntil!).getTime() - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(4.9);
  expect(hours).toBeLessThan(6.1);
  expect(conversation.customer.got()).toEqual([]);
  await morning();
  await judged(id);
  expect(await message(id)).toMatchObject({ status: 'delivered', heldBecause: null });
  expect(conversation.customer.read()).toEqual(['Ten per cent off']);
});

test('what is still at night when it is let go is held again', async () => {
  await livesIn(zoneAt(2));
  const id = await aBulkMessage('marketing');
  await place.app.db.query(`UPDATE messages SET held_until = now() WHERE status = 'held'`);
  await place.app.nest.get(ReleaseHeld, { strict: false }).run();
  await judged(id);
  expect(await message(id)).toMatchObject({ status: 'held', heldBecause: 'quiet_hours' });
});

test('consent is asked for again in the morning', async () => {
  await livesIn(zoneAt(2));
  const id = await aBulkMessage('marketing');
  await conversation.customer.writes('STOP');
  await place.quiet();
  await morning();
  await judged(id);
  expect(await message(id)).toMatchObject({ status: 'failed', errorCode: 'opted_out' });
  expect(conversation.customer.read()).toEqual([expect.stringContaining('no more messages')]);
});

test('what somebody has asked for goes at any hour, and so does a reply', async () => {
  await livesIn(zoneAt(2));
  expect(await message(await aBulkMessage('transactional'))).toMatchObject({ status: 'delivered' });
  await conversation.reply('Still awake?');
  await place.quiet();
  expect(conversation.customer.read()).toEqual(['Ten per cent off', 'Still awake?']);
});

test('the hours are those of the organization', async () => {
  await livesIn(zoneAt(19));
  await business.owner.patch('/organization', { quietHoursStart: '18:00' }).expect(200);
  expect(await message(await aBulkMessage('marketing'))).toMatchObject({ heldBecause: 'quiet_hours' });
});
