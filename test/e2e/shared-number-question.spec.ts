import { newId, type Uuid } from '../../src/common/context';
import { Schedule } from '../../src/common/schedule';
import { AskSharedSender } from '../../src/modules/channels/app/shared-numbers/ask-shared-sender.job';
import { answerTo, questionFor } from '../../src/modules/channels/domain/shared-question';
import { aCustomer, anInstallation, type TestCustomer, type TestInstallation } from '../support/business';
import type { TestConnection } from '../support/connections';
import { anOperator, type TestOperator } from '../support/operator';
import { aMemberOf, aSharedNumber, type TestMember } from '../support/shared-numbers';

const QUESTION =
  'Several businesses are reached at this number. Which one do you mean? Please answer with the number.\n1 Lily Salon\n2 Rose Clinic';

let place: TestInstallation;
let operator: TestOperator;
let number: TestConnection;
let rose: TestMember;
let lily: TestMember;
let slot = 0;

beforeAll(async () => {
  place = await anInstallation();
  operator = await anOperator(place.app, 'owner');
  number = await aSharedNumber(place, operator);
  rose = await aMemberOf(place, operator, number, 'Rose Clinic');
  lily = await aMemberOf(place, operator, number, 'Lily Salon');
  await aMemberOf(place, operator, number, 'Fern Spa');
});
afterAll(() => place.stop());

/** A customer whom both organizations know, and the third one does not. */
async function ofBoth(): Promise<TestCustomer> {
  const customer = aCustomer(place, { connection: number });
  for (const member of [rose, lily]) await member.knows(customer.phone);
  return customer;
}

async function writes(customer: TestCustomer, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await customer.writes(text);
    await place.quiet();
  }
}

/** What is parked and not settled, newest first. */
async function parked(): Promise<{ id: string; state: string; reason: string }[]> {
  const { body } = await operator.caller.get('/platform/parked-deliveries').expect(200);
  return (body as { items: { id: string; state: string; reason: string; settledAt: string | null }[] }).items
    .filter(({ settledAt }) => settledAt === null)
    .map(({ id, state, reason }) => ({ id, state, reason }));
}

/** Time passes for a sender and what they said. */
async function later(customer: TestCustomer, hours: number): Promise<void> {
  const by = `make_interval(hours => ${hours})`;
  await place.app.db.query(
    `UPDATE shared_senders SET asked_at = asked_at - ${by}, sent_at = sent_at - ${by}, answer_until = answer_until - ${by}
     WHERE address = $1`,
    [customer.phone],
  );
  await place.app.db.query(
    `UPDATE conversations SET last_message_at = last_message_at - ${by} WHERE contact_address = $1`,
    [customer.phone],
  );
}

async function expires(): Promise<void> {
  const schedule = place.app.nest.get(Schedule);
  expect(await schedule.fire('channels.expire-parked-deliveries', new Date(slot++))).toBe(true);
  await place.quiet();
}

afterEach(async () => {
  for (const { id } of await parked())
    await operator.caller.post(`/platform/parked-deliveries/${id}/discard`).expect(200);
});

test('a sender whom several know is asked for those alone, and what they wrote goes to whom they choose', async () => {
  const customer = await ofBoth();
  await writes(customer, 'Is Friday free?');
  expect(customer.read()).toEqual([QUESTION]);
  expect(await parked()).toMatchObject([{ state: 'asked', reason: 'several_organizations' }]);
  await writes(customer, '2');
  expect(await rose.inbox()).toContain('Is Friday free?');
  expect(await rose.inbox()).not.toContain('2');
  expect(await lily.inbox()).toEqual([]);
  expect(await parked()).toEqual([]);

  await writes(customer, 'Or Saturday?');
  await later(customer, 100);
  await writes(customer, 'Hello again');
  expect(await rose.inbox()).toEqual(expect.arrayContaining(['Or Saturday?', 'Hello again']));
  expect(customer.read()).toEqual([QUESTION]);
});

test('two first messages at once make one question, and both go to whom they choose', async () => {
  const customer = await ofBoth();
  await Promise.all(['Hello', 'Anyone there?', 'It is urgent'].map((text) => customer.writes(text)));
  await place.quiet();
  expect(customer.read()).toEqual([QUESTION]);
  await writes(customer, 'lily  salon');
  expect((await lily.inbox()).sort()).toEqual(['Anyone there?', 'Hello', 'It is urgent']);
});

test('anything else is asked once more, then left to the operator', async () => {
  const customer = await ofBoth();
  await writes(customer, 'Question one', 'What?', 'I do not understand', 'Nobody here?');
  expect(customer.read()).toEqual([QUESTION, QUESTION]);
  const waiting = await parked();
  expect(waiting).toHaveLength(4);
  for (const item of waiting) expect(item).toMatchObject({ state: 'waiting', reason: 'not_answered' });
  await operator.caller
    .post(`/platform/parked-deliveries/${waiting.at(-1)!.id}/assign`, { organizationId: lily.orgId })
    .expect(200);
  await place.quiet();
  expect(await lily.inbox()).toContain('Question one');
  await writes(customer, 'Thank you');
  expect(await lily.inbox()).toContain('Thank you');
});

test('who never answers is not asked again at once, but days later', async () => {
  const customer = await ofBoth();
  await writes(customer, 'No answer follows');
  await later(customer, 25);
  await expires();
  expect(await parked()).toMatchObject([{ state: 'waiting', reason: 'not_answered' }]);
  await writes(customer, 'Still me');
  expect(customer.read()).toEqual([QUESTION]);
  await later(customer, 72);
  await writes(customer, 'Me again');
  expect(customer.read()).toEqual([QUESTION, QUESTION]);
});

test('who opted out everywhere is asked nothing', async () => {
  const customer = await ofBoth();
  for (const member of [rose, lily])
    await member.owner
      .post('/consent', {
        ...{ phone: customer.phone, channel: 'whatsapp', purpose: 'transactional', action: 'opt_out' },
        ...{ source: 'console', evidence: { wording: 'Leave me alone.', method: 'phone' } },
      })
      .expect(201);
  await writes(customer, 'Do not answer');
  expect(customer.read()).toEqual([]);
  expect(await parked()).toMatchObject([{ state: 'waiting', reason: 'several_organizations' }]);
});

test('what nobody decides about ends after a month, and what was chosen is forgotten with the person', async () => {
  const customer = aCustomer(place, { connection: number });
  await writes(customer, 'Nobody decides');
  await place.app.db.query(
    `UPDATE parked_deliveries SET received_at = now() - interval '31 days' WHERE address = $1`,
    [customer.phone],
  );
  await expires();
  expect(await parked()).toEqual([]);
  const [row] = await place.app.db.query(
    'SELECT state, address FROM parked_deliveries ORDER BY id DESC LIMIT 1',
  );
  expect(row).toEqual({ state: 'expired', address: null });

  const known = await ofBoth();
  await writes(known, 'Choose', '1');
  const { body } = await lily.owner.get(`/contacts?phone=${encodeURIComponent(known.phone)}`).expect(200);
  const [contact] = (body as { items: { id: string }[] }).items;
  await lily.owner.post(`/contacts/${contact?.id}/erase`, { reason: 'requested' });
  await place.quiet();
  // The other organization knows them still: what is remembered tells nothing of this one.
  const [left] = await place.app.db.query(
    'SELECT options, chosen_org_id FROM shared_senders WHERE address = $1',
    [known.phone],
  );
  expect(JSON.stringify(left)).not.toContain(lily.orgId);
});

test('an answer is none of their messages, also where one organization alone is left to mean', async () => {
  const customer = await ofBoth();
  await writes(customer, 'Before one of them goes');
  const { body } = await lily.owner.get(`/contacts?phone=${encodeURIComponent(customer.phone)}`).expect(200);
  const [contact] = (body as { items: { id: string }[] }).items;
  await lily.owner.post(`/contacts/${contact?.id}/erase`, { reason: 'requested' }).expect(202);
  await place.quiet();
  await writes(customer, '2');
  expect(await rose.inbox()).toContain('Before one of them goes');
  expect(await rose.inbox()).not.toContain('2');
  expect(await lily.inbox()).not.toContain('Before one of them goes');
});

test('who wrote STOP is not asked any more, also where the question did not go out yet', async () => {
  const customer = await ofBoth();
  await writes(customer, 'Ask me');
  const [asked] = await place.app.db.query<{ id: Uuid; times: number }>(
    'SELECT id, times_asked AS times FROM shared_senders WHERE address = $1',
    [customer.phone],
  );
  // As where the provider asked for patience.
  await place.app.db.query('UPDATE shared_senders SET sent_at = NULL WHERE id = $1', [asked!.id]);
  await writes(customer, 'STOP');
  const before = customer.read().length;
  const job = { orgId: operator.orgId, requestId: newId(), senderId: asked!.id, timesAsked: asked!.times };
  await place.app.nest.get(AskSharedSender, { strict: false }).handle(job);
  expect(customer.read()).toHaveLength(before);
  expect(await parked()).toMatchObject([{ state: 'waiting', reason: 'not_answered' }]);
});

describe('the answer', () => {
  const options = [{ name: 'Lily Salon' }, undefined, { name: '2 Roses' }];
  test.each([
    ['1', 'Lily Salon'],
    [' 1. ', 'Lily Salon'],
    ['1 Lily Salon', 'Lily Salon'],
    ['LILY  salon', 'Lily Salon'],
    ['#3', '2 Roses'],
    ['2 roses', '2 Roses'],
    ['1️⃣', 'Lily Salon'],
    ['(3)', '2 Roses'],
    ['“1”!', 'Lily Salon'],
    ['Lily Salon, ', 'Lily Salon'],
    ['1) lily salon.', 'Lily Salon'],
    ['１', 'Lily Salon'],
    ['2', undefined],
    ['1 3', undefined],
    ['!!!', undefined],
    ['👍', undefined],
    ['01', undefined],
    ['4', undefined],
    ['1 or 3', undefined],
    ['12', undefined],
    ['', undefined],
    ['Lily', undefined],
  ])('%j means %s', (body, name) => {
    expect(answerTo(body, options)?.name).toBe(name);
  });

  test('is asked for in the language of all, or in English', () => {
    const ask = (...locales: string[]) =>
      questionFor(locales.map((locale) => ({ name: 'A', locale }))).split(' ')[0];
    expect([ask('de', 'de-AT'), ask('de', 'fr'), ask('xx', 'xx'), ask('fr', 'fr')]).toEqual([
      'Unter',
      'Several',
      'Several',
      'Plusieurs',
    ]);
  });
});
