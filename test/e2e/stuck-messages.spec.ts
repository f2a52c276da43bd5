import { newId, type Uuid } from '../../src/common/context';
import { SweepOutgoing } from '../../src/modules/conversations/app/sweep-outgoing.job';
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
afterEach(() => place.twilio.faults.clear());
afterAll(() => place.stop());

interface Left {
  readonly status: 'queued' | 'sending' | 'unknown';
  readonly minutesAgo: number;
  readonly text?: string;
}

/** A message that was left behind: its row is there, and no job for it. */
async function left({ status, minutesAgo, text = 'Are you there?' }: Left): Promise<Uuid> {
  const id = newId();
  const attempted = status !== 'queued';
  await place.app.db.query(
    `INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, author_id, status, attempt,
       attempted_at, created_at, queued_at)
     SELECT org_id, $1, id, 'outgoing', $2, 'user', $3, $4, $5, CASE WHEN $6 THEN now() - $7 * interval '1 minute' END,
       now() - $7 * interval '1 minute', now() - $7 * interval '1 minute'
     FROM conversations WHERE id = $8`,
    [id, text, business.ownerId, status, attempted ? 1 : 0, attempted, minutesAgo, conversation.id],
  );
  return id;
}

async function sweep(): Promise<void> {
  await place.app.nest.get(SweepOutgoing, { strict: false }).run();
  await place.quiet();
}

async function stored(id: Uuid): Promise<Record<string, unknown> | undefined> {
  const [row] = await place.app.db.query<Record<string, unknown>>(
    'SELECT status, error_code, attempt FROM messages WHERE id = $1',
    [id],
  );
  return row;
}

async function jobsOf(id: Uuid): Promise<{ last_error: string | null }[]> {
  return place.app.db.query(
    `SELECT last_error FROM graphile_worker._private_jobs WHERE payload->>'messageId' = $1`,
    [id],
  );
}

const DAY = 24 * 60;

test('what waits and has no job is sent, and with it what waits behind it, in order', async () => {
  const first = await left({ status: 'queued', minutesAgo: 30, text: 'one' });
  const second = await left({ status: 'queued', minutesAgo: 10, text: 'two' });
  await sweep();
  expect(conversation.customer.read()).toEqual(['one', 'two']);
  expect(await stored(first)).toMatchObject({ status: 'delivered', attempt: 1 });
  expect(await stored(second)).toMatchObject({ status: 'delivered', attempt: 1 });
});

test('a hand-over without a result is looked for and never sent again', async () => {
  const id = await left({ status: 'sending', minutesAgo: 30 });
  const next = await left({ status: 'queued', minutesAgo: 10, text: 'two' });
  await sweep();
  expect(await stored(id)).toEqual({ status: 'failed', error_code: 'not_accepted', attempt: 1 });
  expect(await stored(next)).toMatchObject({ status: 'delivered' });
  expect(conversation.customer.read()).toEqual(['two']);
});

test('an unknown one is looked for once more', async () => {
  const id = await left({ status: 'unknown', minutesAgo: 30 });
  await sweep();
  expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'not_accepted' });
  expect(conversation.customer.got()).toEqual([]);
});

test('sweeps queue one job for a message, however many there are', async () => {
  const { accountSid } = business.connection.number;
  place.twilio.faults.add({
    kind: 'fail',
    status: 401,
    code: 20003,
    on: 'read',
    times: 'always',
    accountSid,
  });
  const id = await left({ status: 'unknown', minutesAgo: 30 });
  await sweep();
  await sweep();
  expect(await jobsOf(id)).toEqual([
    { last_error: expect.stringContaining('CredentialsRejected') as string },
  ]);
  expect(await stored(id)).toMatchObject({ status: 'unknown' });
});

test.each([
  ['queued', 'not_sent'],
  ['sending', 'unresolved'],
  ['unknown', 'unresolved'],
] as const)('%s for more than a day fails as %s', async (status, code) => {
  const id = await left({ status, minutesAgo: DAY + 1 });
  const next = await left({ status: 'queued', minutesAgo: 30, text: 'two' });
  await sweep();
  expect(await stored(id)).toMatchObject({ status: 'failed', error_code: code });
  expect(await stored(next)).toMatchObject({ status: 'delivered' });
  expect(conversation.customer.read()).toEqual(['two']);
});

test('an unknown one whose connection was removed cannot be asked for: it fails', async () => {
  const id = await left({ status: 'unknown', minutesAgo: 30 });
  await place.app.db.query('UPDATE conversations SET connection_id = NULL WHERE id = $1', [conversation.id]);
  await sweep();
  expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'unresolved' });
});

test.each(['queued', 'sending', 'unknown'] as const)(
  '%s within its time is left to its own job',
  async (status) => {
    const id = await left({ status, minutesAgo: 19 });
    await sweep();
    expect(await stored(id)).toMatchObject({ status });
    expect(await jobsOf(id)).toEqual([]);
  },
);

test('bulk messages that wait and have no job are sent, by one job for all', async () => {
  const id = await left({ status: 'queued', minutesAgo: 30 });
  await place.app.db.query(`UPDATE messages SET purpose = 'bulk' WHERE id = $1`, [id]);
  await sweep();
  expect(await stored(id)).toMatchObject({ status: 'delivered', attempt: 1 });
});

describe('credentials whose key is gone', () => {
  let sealed: string;

  beforeEach(async () => {
    const [row] = await place.app.db.query<{ credentials: string }>(
      'SELECT credentials FROM channel_connections WHERE id = $1',
      [business.connection.id],
    );
    sealed = row!.credentials;
    await use(sealed.replace(/^v1\.[^.]+/, `v1.${newId()}`));
  });
  afterEach(() => use(sealed));

  const use = (credentials: string) =>
    place.app.db.query('UPDATE channel_connections SET credentials = $2 WHERE id = $1', [
      business.connection.id,
      credentials,
    ]);

  test('fail a message as rejected: nothing was sent, and that is known', async () => {
    const id = await conversation.reply('Hi');
    await place.quiet();
    expect(await stored(id)).toEqual({ status: 'failed', error_code: 'credentials_rejected', attempt: 1 });
  });

  test('leave an unknown one to the next look, until it is a day old', async () => {
    const id = await left({ status: 'unknown', minutesAgo: 30 });
    await sweep();
    expect(await jobsOf(id)).toEqual([
      { last_error: expect.stringContaining('CredentialsRejected') as string },
    ]);
    await place.app.db.query(`UPDATE messages SET attempted_at = now() - interval '25 hours' WHERE id = $1`, [
      id,
    ]);
    await sweep();
    expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'unresolved' });
  });
});
