import fc from 'fast-check';
import { systemScope } from '../../src/common/context';
import { Consent, type ConsentChange, type ConsentPurpose } from '../../src/modules/channels';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { testApp, type TestApp } from '../support';
import { aTwilio } from '../support/twilio';
import { aCustomerNumber, aDesk, aMessageSid, deliver, signed, type TestDesk } from '../support/webhooks';

let app: TestApp;
let twilio: TwilioSimulator;
let desk: TestDesk;
let consent: Consent;

beforeAll(async () => {
  twilio = await aTwilio();
  app = await testApp({ env: { TWILIO_API_BASE_URL: twilio.url } });
  desk = await aDesk(app, twilio);
  consent = app.nest.get(Consent, { strict: false });
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});

/** A customer writes, and what that sets off is done. */
async function writes(phone: string, body: string, more: Record<string, string> = {}): Promise<string> {
  const fields = desk.message({ From: `whatsapp:${phone}`, Body: body, ...more });
  const { number, webhookUrl: url } = desk.connection;
  expect((await deliver(signed(fields, { authToken: number.authToken, url }))).status).toBe(200);
  await app.settled();
  return fields['MessageSid'] ?? '';
}

const inOrg = <T>(work: () => Promise<T>, { orgId } = desk): Promise<T> =>
  app.database.runInOrg(systemScope(orgId), work);
const may = (phone: string, from = desk): Promise<boolean> =>
  inOrg(() => consent.mayMessage(phone, 'whatsapp'), from);
const ledger = (phone: string, purpose: ConsentPurpose = 'transactional') =>
  app.db.query<Record<string, unknown>>(
    'SELECT action, source, evidence, at FROM consent_events WHERE org_id = $1 AND phone = $2 AND purpose = $3 ORDER BY id',
    [desk.orgId, phone, purpose],
  );
const mapping = async (phone: string) => {
  const [row] = await app.db.query<Record<string, unknown>>(
    `SELECT whatsapp_opted_in, whatsapp_opted_in_at, whatsapp_opted_out_at, sms_opted_in FROM phone_number_mappings
     WHERE org_id = $1 AND phone_number = $2`,
    [desk.orgId, phone],
  );
  return row;
};
const change = (phone: string, given: Partial<ConsentChange> = {}): ConsentChange => ({
  phone,
  channel: 'whatsapp',
  purpose: 'transactional',
  action: 'opt_out',
  source: 'api',
  evidence: {},
  at: new Date('2026-01-05T10:00:00Z'),
  ...given,
});
const record = (phone: string, given: Partial<ConsentChange> = {}) =>
  inOrg(() => consent.record(change(phone, given)));

describe('what a customer writes', () => {
  test('nobody may be written to who never wrote', async () => {
    expect(await may(aCustomerNumber())).toBe(false);
  });

  test('a first message opts in for replies on that channel, once', async () => {
    const phone = aCustomerNumber();
    const sid = await writes(phone, 'Hello');
    await writes(phone, 'Anyone there?');
    expect(await may(phone)).toBe(true);
    expect(await ledger(phone)).toMatchObject([
      { action: 'opt_in', source: 'inbound_message', evidence: { messageId: sid } },
    ]);
    expect(await mapping(phone)).toMatchObject({ whatsapp_opted_in: true, sms_opted_in: false });
  });

  test('STOP ends it, writing does not open it again, START does', async () => {
    const phone = aCustomerNumber();
    await writes(phone, 'Hello');
    const stop = await writes(phone, ' stop. ');
    expect(await may(phone)).toBe(false);
    await writes(phone, 'Are you there?');
    expect(await may(phone)).toBe(false);
    await writes(phone, 'start');
    expect(await may(phone)).toBe(true);
    expect(await ledger(phone)).toMatchObject([
      { action: 'opt_in', source: 'inbound_message' },
      { action: 'opt_out', source: 'keyword', evidence: { messageId: stop } },
      { action: 'opt_in', source: 'keyword' },
    ]);
  });

  test('STOP as the very first message leaves no consent; help changes none', async () => {
    const phone = aCustomerNumber();
    await writes(phone, 'STOP');
    await writes(phone, 'HELP');
    expect(await may(phone)).toBe(false);
    expect(await ledger(phone)).toHaveLength(1);
  });

  test("the provider's own verdict counts, whatever the word", async () => {
    const phone = aCustomerNumber();
    await writes(phone, 'Hello');
    await writes(phone, 'Arrêt', { OptOutType: 'STOP' });
    expect(await may(phone)).toBe(false);
    expect((await ledger(phone)).at(-1)).toMatchObject({ evidence: { optOutType: 'STOP' } });
  });

  test('a sentence with a reserved word in it is a message like any other', async () => {
    const phone = aCustomerNumber();
    await writes(phone, 'Please cancel my appointment');
    expect(await may(phone)).toBe(true);
  });

  test('one organization does not speak for another', async () => {
    const other = await aDesk(app, twilio);
    const phone = aCustomerNumber();
    await writes(phone, 'Hello');
    expect(await may(phone, other)).toBe(false);
  });
});

describe('the ledger', () => {
  test('an older change is kept, and changes nothing', async () => {
    const phone = aCustomerNumber();
    expect(await record(phone, { action: 'opt_in', at: new Date('2026-01-05T10:00:00Z') })).toBe(true);
    expect(await record(phone, { action: 'opt_out', at: new Date('2026-01-05T09:00:00Z') })).toBe(false);
    expect(await may(phone)).toBe(true);
    expect(await ledger(phone)).toHaveLength(2);
    expect(await mapping(phone)).toMatchObject({
      whatsapp_opted_in_at: new Date('2026-01-05T10:00:00Z'),
      whatsapp_opted_out_at: new Date('2026-01-05T09:00:00Z'),
    });
  });

  test('an opt-out that arrives late closes what writing had opened since', async () => {
    const phone = aCustomerNumber();
    await writes(phone, 'Hello');
    expect(await record(phone, { at: new Date('2020-01-01T00:00:00Z') })).toBe(true);
    expect(await may(phone)).toBe(false);
  });

  test('the same message is evidence once', async () => {
    const phone = aCustomerNumber();
    const same = { evidence: { messageId: aMessageSid() }, source: 'provider_error' as const };
    await record(phone, same);
    await record(phone, same);
    expect(await ledger(phone)).toHaveLength(1);
  });

  test('channels are apart', async () => {
    const phone = aCustomerNumber();
    await record(phone, { action: 'opt_in', channel: 'sms' });
    expect(await may(phone)).toBe(false);
    expect(await inOrg(() => consent.mayMessage(phone, 'sms'))).toBe(true);
  });

  test('ten changes at once come to the newest', async () => {
    const phone = aCustomerNumber();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        record(phone, { action: i === 9 ? 'opt_in' : 'opt_out', at: new Date(Date.UTC(2026, 0, 1, i)) }),
      ),
    );
    expect(await may(phone)).toBe(true);
    expect(await ledger(phone)).toHaveLength(10);
  });

  test('nobody can change what it says', async () => {
    await expect(app.db.query(`UPDATE consent_events SET action = 'opt_in'`)).rejects.toThrow('append-only');
  });

  test('a number that is suspended is not written to', async () => {
    const phone = aCustomerNumber();
    await writes(phone, 'Hello');
    await app.db.query(`UPDATE phone_number_mappings SET status = 'suspended' WHERE phone_number = $1`, [
      phone,
    ]);
    expect(await may(phone)).toBe(false);
  });
});

test('an opt-out waits for the answer that asked before it, and the next answer sees it', async () => {
  const phone = aCustomerNumber();
  await writes(phone, 'Hello');
  const order: string[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let asked: () => void = () => undefined;
  const hasAsked = new Promise<void>((resolve) => (asked = resolve));
  const answer = inOrg(async () => {
    expect(await consent.mayMessage(phone, 'whatsapp')).toBe(true);
    asked();
    await held;
    order.push('answered');
  });
  await hasAsked;
  const optOut = record(phone, { at: new Date() }).then(() => order.push('opted out'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(order).toEqual([]);
  release();
  await Promise.all([answer, optOut]);
  expect(order).toEqual(['answered', 'opted out']);
  expect(await may(phone)).toBe(false);
});

describe('many at once', () => {
  const CHANNELS = ['whatsapp', 'sms', 'voice'] as const;
  const projection = (phones: readonly string[]) =>
    app.db.query<Record<string, unknown>>(
      `SELECT whatsapp_opted_in, whatsapp_opted_in_at, whatsapp_opted_out_at, sms_opted_in, sms_opted_in_at,
         sms_opted_out_at, voice_opted_in, voice_opted_in_at, voice_opted_out_at,
         whatsapp_marketing_opted_in, whatsapp_marketing_opted_in_at, whatsapp_marketing_opted_out_at
       FROM phone_number_mappings p JOIN unnest($2::text[]) WITH ORDINALITY AS wanted (phone, at) ON phone = phone_number
       WHERE org_id = $1 ORDER BY wanted.at`,
      [desk.orgId, phones],
    );

  it('come to the same as one after the other', async () => {
    const said = fc.record({
      person: fc.nat(2),
      channel: fc.constantFrom(...CHANNELS),
      purpose: fc.constantFrom('transactional' as const, 'marketing' as const),
      action: fc.constantFrom('opt_in' as const, 'opt_out' as const),
      source: fc.constantFrom('import' as const, 'keyword' as const, 'inbound_message' as const),
      line: fc.nat(3),
      at: fc.nat(9).map((second) => new Date(Date.UTC(2026, 0, 5, 10, 0, second))),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 12 }), async (words) => {
        const people = () => [aCustomerNumber(), aCustomerNumber(), aCustomerNumber()];
        const [together, apart] = [people(), people()];
        const changes = (phones: readonly string[]): ConsentChange[] =>
          words.map(({ person, line, ...word }) => ({
            ...word,
            phone: phones[person]!,
            evidence: { importId: 'a', line },
          }));
        await inOrg(() => consent.recordAll(changes(together)));
        for (const one of changes(apart)) await inOrg(() => consent.record(one));
        expect(await projection(together)).toEqual(await projection(apart));
        for (const [at, phone] of together.entries())
          expect(await ledger(phone)).toEqual(await ledger(apart[at]!));
      }),
      { numRuns: 15 },
    );
  });

  it('take as many statements as one', async () => {
    const statements = (count: number) =>
      inOrg(async () => {
        const asked = jest.spyOn(app.database.tx, 'query');
        await consent.recordAll(
          Array.from({ length: count }, (_, at) => change(aCustomerNumber(), { evidence: { line: at } })),
        );
        const { length } = asked.mock.calls;
        asked.mockRestore();
        return length;
      });
    expect(await statements(200)).toBe(await statements(1));
  });

  it('add nothing for a line of a file that was recorded', async () => {
    const phone = aCustomerNumber();
    const line = change(phone, { source: 'import', evidence: { importId: 'b', line: 7 } });
    expect(await inOrg(() => consent.recordAll([line, line]))).toBe(0);
    expect(await inOrg(() => consent.recordAll([line]))).toBe(0);
    expect(await ledger(phone)).toHaveLength(1);
    await inOrg(() => consent.recordAll([{ ...line, evidence: { importId: 'b', line: 8 } }]));
    expect(await ledger(phone)).toHaveLength(2);
  });
});
