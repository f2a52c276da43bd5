import { newId, type Uuid } from '../../src/common/context';
import { MessageCauses } from '../../src/modules/conversations';
import { ReleaseHeld } from '../../src/modules/conversations/app/release-held.job';
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
  business = await aBusiness(place);
});
beforeEach(async () => {
  conversation = await aConversation(place, business);
});
afterAll(() => place.stop());

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

async function schedule(text: string, minutes = 60, more: object = {}): Promise<Uuid> {
  const { body } = await business.owner
    .post(`/conversations/${conversation.id}/messages`, { text, sendAt: inMinutes(minutes), ...more })
    .expect(201);
  return (body as { id: Uuid }).id;
}

/** Lets an hour and more go by for what is held. */
async function timeGoesBy(): Promise<void> {
  await place.app.db.query(
    `UPDATE messages SET held_until = now() - interval '1 second' WHERE status = 'held'`,
  );
  await place.app.nest.get(ReleaseHeld, { strict: false }).run();
  await place.quiet();
}

const cancel = (id: Uuid) => business.owner.post(`/messages/${id}/cancel`, {});

test('a message waits until its time, says so, and is sent then', async () => {
  const id = await schedule('See you tomorrow');
  await place.quiet();
  expect(conversation.customer.got()).toEqual([]);
  expect(await conversation.message(id)).toMatchObject({
    status: 'held',
    heldBecause: 'scheduled',
    heldUntil: expect.stringMatching(/Z$/) as string,
  });
  await timeGoesBy();
  expect(conversation.customer.read()).toEqual(['See you tomorrow']);
  expect(await conversation.message(id)).toMatchObject({
    status: 'delivered',
    heldBecause: null,
    heldUntil: null,
  });
});

test('nothing is let go before its time', async () => {
  const id = await schedule('Later');
  await place.app.nest.get(ReleaseHeld, { strict: false }).run();
  await place.quiet();
  expect(await conversation.message(id)).toMatchObject({ status: 'held' });
});

test('two that release at the same time send it once', async () => {
  await schedule('Once');
  await place.app.db.query(
    `UPDATE messages SET held_until = now() - interval '1 second' WHERE status = 'held'`,
  );
  const release = place.app.nest.get(ReleaseHeld, { strict: false });
  await Promise.all([release.run(), release.run(), release.run()]);
  await place.quiet();
  expect(conversation.customer.read()).toEqual(['Once']);
});

test('a message that waits for its time holds back nobody', async () => {
  await schedule('Later');
  await conversation.reply('Now');
  await place.quiet();
  expect(conversation.customer.read()).toEqual(['Now']);
});

test('those that wait are listed, the soonest first, page by page', async () => {
  const ids = [await schedule('three', 300), await schedule('one', 100), await schedule('two', 200)];
  const seen: unknown[] = [];
  let cursor: string | null = null;
  do {
    const page = await business.owner
      .get(`/messages/held?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      .expect(200);
    const { items, nextCursor } = page.body as { items: { id: Uuid }[]; nextCursor: string | null };
    seen.push(...items.map((item) => item.id).filter((id) => ids.includes(id)));
    cursor = nextCursor;
  } while (cursor);
  expect(seen).toEqual([ids[1], ids[2], ids[0]]);
});

describe('a message that is canceled', () => {
  test('is never sent; to cancel it again changes nothing', async () => {
    const id = await schedule('Never');
    for (let i = 0; i < 2; i++)
      expect((await cancel(id).expect(200)).body).toMatchObject({ status: 'canceled', heldUntil: null });
    await timeGoesBy();
    expect(conversation.customer.got()).toEqual([]);
    expect(await conversation.message(id)).toMatchObject({ status: 'canceled', errorCode: 'canceled' });
  });

  test('cannot be one that was sent', async () => {
    const id = await conversation.reply('Hello');
    await place.quiet();
    expect((await cancel(id).expect(409)).body).toMatchObject({ code: 'message_not_cancelable' });
    expect(await conversation.message(id)).toMatchObject({ status: 'delivered' });
  });

  test('nor one that a customer wrote, nor one that is not there', async () => {
    const { body } = await business.owner.get(`/conversations/${conversation.id}/messages`).expect(200);
    const [{ id }] = (body as { items: [{ id: Uuid }] }).items;
    expect((await cancel(id).expect(404)).body).toMatchObject({ code: 'message_not_found' });
    await cancel(newId()).expect(404);
  });

  test('while it is released is either sent or canceled, never both', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => schedule(`message ${i}`)));
    await place.app.db.query(`UPDATE messages SET held_until = now() WHERE status = 'held'`);
    const answers = await Promise.all([
      ...ids.map(async (id) => (await cancel(id)).status),
      place.app.nest.get(ReleaseHeld, { strict: false }).run(),
    ]);
    await place.quiet();
    const sent = new Set(conversation.customer.read());
    for (const [i, id] of ids.entries()) {
      const { status } = await conversation.message(id);
      expect({ i, canceled: status === 'canceled', sent: sent.has(`message ${i}`) }).toEqual({
        i,
        canceled: answers[i] === 200,
        sent: answers[i] !== 200,
      });
    }
  });

  test('lets the next one of its thread go', async () => {
    const { accountSid } = business.connection.number;
    const { id: fault } = place.twilio.faults.add({
      kind: 'fail',
      status: 429,
      code: 20429,
      retryAfter: 200,
      times: 1,
      accountSid,
    });
    const first = await conversation.reply('one');
    await place.quiet();
    await conversation.reply('two');
    place.twilio.faults.clear({ id: fault });
    await place.app.db.query('UPDATE connection_paces SET blocked_until = NULL');
    await cancel(first).expect(200);
    await place.quiet();
    expect(conversation.customer.read()).toEqual(['two']);
  });
});

describe('a cause that is cancelled', () => {
  const cause = () => ({ type: 'appointment', id: newId() });

  test('cancels what was not handed over yet, and nothing else', async () => {
    const [gone, stays] = [cause(), cause()];
    const ids = [
      await schedule('Tomorrow', 60, { cause: gone }),
      await schedule('Today', 60, { cause: gone }),
    ];
    const other = await schedule('Another', 60, { cause: stays });
    expect((await business.owner.post('/message-causes/cancel', gone).expect(200)).body).toEqual({
      canceled: 2,
    });
    expect((await business.owner.post('/message-causes/cancel', gone).expect(200)).body).toEqual({
      canceled: 0,
    });
    await timeGoesBy();
    for (const id of ids) expect(await conversation.message(id)).toMatchObject({ status: 'canceled' });
    expect(await conversation.message(other)).toMatchObject({ status: 'delivered', cause: stays });
    expect(conversation.customer.read()).toEqual(['Another']);
  });

  test('is undone with the transaction in which it was cancelled', async () => {
    const gone = cause();
    const id = await schedule('Tomorrow', 60, { cause: gone });
    const causes = place.app.nest.get(MessageCauses, { strict: false });
    const undone = place.app.database.runInOrg(business.scope, async () => {
      expect(await causes.cancel(gone)).toBe(1);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await conversation.message(id)).toMatchObject({ status: 'held' });
  });

  test('of another organization cancels nothing here', async () => {
    const gone = cause();
    const id = await schedule('Tomorrow', 60, { cause: gone });
    const other = await aBusiness(place);
    expect((await other.owner.post('/message-causes/cancel', gone).expect(200)).body).toEqual({
      canceled: 0,
    });
    await other.owner.post(`/messages/${id}/cancel`, {}).expect(404);
    expect(await conversation.message(id)).toMatchObject({ status: 'held' });
  });
});

describe('when its time comes, it is asked again', () => {
  test('whether the person wants it', async () => {
    const id = await schedule('See you tomorrow');
    await conversation.customer.writes('STOP');
    await place.quiet();
    await timeGoesBy();
    expect(await conversation.message(id)).toMatchObject({ status: 'failed', errorCode: 'opted_out' });
    expect(conversation.customer.read()).toEqual([expect.stringContaining('no more messages')]);
  });

  test('whether the window is open', async () => {
    const id = await schedule('See you tomorrow');
    await place.app.db.query('UPDATE conversations SET session_window_ends_at = now() WHERE id = $1', [
      conversation.id,
    ]);
    await timeGoesBy();
    expect(await conversation.message(id)).toMatchObject({ status: 'failed', errorCode: 'outside_window' });
  });
});

test.each([
  ['2020-01-01T00:00:00Z', 'send_time_passed'],
  ['2999-01-01T00:00:00Z', 'send_time_too_far'],
  ['tomorrow', 'isDate'],
  ['2999-01-01T00:00:00', 'isDate'],
])('%s is no time to send something: %s', async (sendAt, code) => {
  const { body } = await business.owner
    .post(`/conversations/${conversation.id}/messages`, { text: 'Hi', sendAt })
    .expect(422);
  expect((body as { errors: unknown }).errors).toMatchObject([{ field: 'sendAt', code }]);
});

test('free text cannot be scheduled for when the window is closed', async () => {
  const { body } = await business.owner
    .post(`/conversations/${conversation.id}/messages`, { text: 'Hi', sendAt: inMinutes(25 * 60) })
    .expect(422);
  expect(body).toMatchObject({ code: 'session_window_closed' });
});

test('a cause has a type and an id', async () => {
  const { body } = await business.owner
    .post(`/conversations/${conversation.id}/messages`, { text: 'Hi', cause: { type: '' } })
    .expect(422);
  expect((body as { errors: { field: string }[] }).errors.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['cause.type', 'cause.id']),
  );
});
