import fc from 'fast-check';
import { newId, systemScope, type Uuid } from '../../src/common/context';
import { Consent } from '../../src/modules/channels';
import { aMember, as } from '../support';
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
let other: TestBusiness;
let consent: Consent;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
  other = await aBusiness(place);
  consent = place.app.nest.get(Consent, { strict: false });
});
afterAll(() => place.stop());

const query = <Row extends Record<string, unknown>>(sql: string, params: unknown[] = []) =>
  place.app.db.query<Row>(sql, params);
const inOrg = <T>(work: () => Promise<T>) => place.app.database.runInOrg(systemScope(business.orgId), work);
const mayMessage = (phone: string) => inOrg(() => consent.mayMessage(phone, 'whatsapp'));

interface Known {
  readonly id: Uuid;
  readonly talk: TestConversation;
  readonly phone: string;
}

/** Somebody who wrote. */
async function aKnown(from = business): Promise<Known> {
  const talk = await aConversation(place, from);
  const [row] = await query<{ id: Uuid }>('SELECT contact_id AS id FROM conversations WHERE id = $1', [
    talk.id,
  ]);
  return { id: row!.id, talk, phone: talk.customer.phone };
}

/** Somebody from a list. */
async function aListed(columns: Record<string, unknown> = {}, { orgId } = business): Promise<Uuid> {
  const id = newId();
  const names = Object.keys(columns);
  await place.app.database.runInOrg(systemScope(orgId), () =>
    place.app.database.tx.query(
      `INSERT INTO contacts (org_id, id${names.map((name) => `, ${name}`).join('')})
       VALUES ($1, $2${names.map((_, i) => `, $${i + 3}`).join('')})`,
      [orgId, id, ...Object.values(columns)],
    ),
  );
  return id;
}

const merge = (into: Uuid, from: Uuid, more: object = {}, by = business) =>
  by.owner.post(`/contacts/${into}/merge`, { from, ...more });
const contact = async (id: Uuid) => {
  const [row] = await query<Record<string, unknown>>('SELECT * FROM contacts WHERE id = $1', [id]);
  return row;
};

/** All that belongs to an organization and could be touched, to compare. */
async function everything(): Promise<string> {
  const tables = ['contacts', 'contact_tombstones', 'contact_facets', 'lead_status_changes', 'conversations'];
  tables.push('messages', 'phone_number_mappings', 'consent_events', 'audit_logs', 'contact_duplicates');
  const texts: unknown[] = [];
  for (const table of tables)
    texts.push(
      table,
      await query(
        `SELECT string_agg(t::text, '|' ORDER BY t::text) AS rows FROM ${table} t WHERE org_id = $1`,
        [business.orgId],
      ),
    );
  return JSON.stringify(texts);
}

describe('merging', () => {
  it('makes one thread of two on the same connection, in order, and leaves nothing behind', async () => {
    const [anna, ann] = [await aKnown(), await aKnown()];
    await anna.talk.customer.writes('One');
    await place.quiet();
    await ann.talk.customer.writes('Two');
    await place.quiet();
    await ann.talk.reply('Three');
    await place.quiet();
    const { body } = await merge(anna.id, ann.id).expect(200);
    expect(body).toMatchObject({
      contactId: anna.id,
      mergedId: ann.id,
      dryRun: false,
      moved: { conversations: 1, joinedConversations: 1, messages: 3, mappings: 1 },
    });
    const messages = await business.owner.get(`/conversations/${anna.talk.id}/messages`).expect(200);
    expect(messages.body.items.map((item: { text: string }) => item.text)).toEqual([
      'Three',
      'Two',
      'One',
      'Hello',
      'Hello',
    ]);
    const thread = await business.owner.get(`/conversations/${anna.talk.id}`).expect(200);
    expect(thread.body.lastMessage.preview ?? thread.body.lastMessage.text).toBe('Three');
    // Ann wrote last: that is where the window is open.
    const [row] = await query<{ contact_address: string; open: boolean }>(
      `SELECT contact_address, session_window_ends_at = last_inbound_at + interval '24 hours' AS open
       FROM conversations WHERE contact_id = $1`,
      [anna.id],
    );
    expect(row).toEqual({ contact_address: ann.phone, open: true });
    const gone = await business.owner.get(`/contacts/${ann.id}`).expect(404);
    expect(gone.body).toMatchObject({
      code: 'contact_merged',
      errors: [{ field: 'id', code: 'merged_into', message: anna.id }],
    });
    await anna.talk.reply('And on it goes');
    await place.quiet();
    expect(ann.talk.customer.read()).toContain('And on it goes');
  });

  it('keeps both numbers reaching the contact', async () => {
    const anna = await aKnown();
    const listed = await aListed({ phone: '+4915155599001', name: 'Ann' });
    await merge(anna.id, listed).expect(200);
    const ann = place.twilio.receive({
      from: 'whatsapp:+4915155599001',
      to: `whatsapp:${business.connection.number.address}`,
      body: 'From my other phone',
    });
    await ann;
    await place.quiet();
    expect(await query('SELECT id FROM contacts WHERE phone = $1', ['+4915155599001'])).toEqual([]);
    const thread = await query('SELECT contact_id FROM conversations WHERE contact_address = $1', [
      '+4915155599001',
    ]);
    expect(thread).toEqual([{ contact_id: anna.id }]);
  });

  it('unites what can be united, keeps what was chosen, and notes what has no room', async () => {
    const into = await aListed({
      name: 'Anna',
      email: 'anna@example.test',
      tags: ['vip'],
      lead_status: 'lost',
      lead_score: 'cold',
      custom_fields: { size: 'm', colour: 'red' },
      last_contact_at: '2026-01-01T00:00:00Z',
      notes: 'first',
    });
    const from = await aListed({
      name: 'Anna Weber',
      email: 'weber@example.test',
      phone: '+4915155599002',
      tags: ['VIP', 'new'],
      lead_status: 'qualified',
      lead_score: 'hot',
      custom_fields: { size: 'l', shoe: '40' },
      last_contact_at: '2026-02-01T00:00:00Z',
      notes: 'second',
    });
    const { body } = await merge(into, from, { keep: { name: 'from' } }).expect(200);
    expect(body.conflicts).toEqual([
      { field: 'name', kept: 'Anna Weber', other: 'Anna' },
      { field: 'email', kept: 'anna@example.test', other: 'weber@example.test' },
      { field: 'customFields.size', kept: 'm', other: 'l' },
    ]);
    expect(await contact(into)).toMatchObject({
      name: 'Anna Weber',
      phone: '+4915155599002',
      email: 'anna@example.test',
      tags: ['vip', 'new'],
      lead_status: 'qualified',
      lead_score: 'hot',
      custom_fields: { size: 'm', colour: 'red', shoe: '40' },
      last_contact_at: new Date('2026-02-01T00:00:00Z'),
      notes: 'first\n\nsecond\n\nAlso: Anna, weber@example.test, size: l',
    });
    expect(
      await query('SELECT facet FROM contact_facets WHERE contact_id = $1 AND facet LIKE $2', [
        into,
        'tag:%',
      ]),
    ).toHaveLength(2);
  });

  it('refuses what would have to be cut, dry or not, and changes nothing', async () => {
    const into = await aListed({ notes: 'a'.repeat(6_000) });
    const from = await aListed({ notes: 'b'.repeat(6_010) });
    for (const dryRun of [true, false]) {
      const { body } = await merge(into, from, { dryRun }).expect(422);
      expect(body).toMatchObject({
        code: 'merge_too_large',
        errors: [{ field: 'notes', code: 'too_long', message: 'notes takes at most 10000' }],
      });
    }
    expect(await contact(into)).toMatchObject({ notes: 'a'.repeat(6_000) });
    expect(await contact(from)).toMatchObject({ notes: 'b'.repeat(6_010) });
  });

  it('never opens a channel: each number keeps what was said about it', async () => {
    const [anna, ann] = [await aKnown(), await aKnown()];
    await ann.talk.customer.writes('STOP');
    await place.quiet();
    const ledger = await query('SELECT * FROM consent_events ORDER BY id');
    await merge(anna.id, ann.id).expect(200);
    expect(await query('SELECT * FROM consent_events ORDER BY id')).toEqual(ledger);
    expect(await mayMessage(anna.phone)).toBe(true);
    expect(await mayMessage(ann.phone)).toBe(false);
    // Ann wrote last, so that the thread answers her, who does not want it.
    await business.owner.post(`/conversations/${anna.talk.id}/messages`, { text: 'Hi' }).expect(422);
  });

  it('dry, tells exactly what the real one does, and changes nothing', async () => {
    const [anna, ann] = [await aKnown(), await aKnown()];
    const before = await everything();
    const dry = await merge(anna.id, ann.id, { dryRun: true }).expect(200);
    expect(await everything()).toBe(before);
    const real = await merge(anna.id, ann.id).expect(200);
    expect({ ...real.body, dryRun: true }).toEqual(dry.body);
    expect(await everything()).not.toBe(before);
  });

  it('is done once for one Idempotency-Key', async () => {
    const [into, from] = [await aListed(), await aListed()];
    const first = await merge(into, from).set('idempotency-key', 'merge-1').expect(200);
    const second = await merge(into, from).set('idempotency-key', 'merge-1').expect(200);
    expect(second.body).toEqual(first.body);
    await merge(into, from).expect(404);
  });

  it('leads on over several merges', async () => {
    const [a, b, c] = [await aListed(), await aListed(), await aListed()];
    await merge(b, a).expect(200);
    await merge(c, b).expect(200);
    const { body } = await business.owner.get(`/contacts/${a}`).expect(404);
    expect(body.errors[0].message).toBe(c);
  });

  it('is on the record', async () => {
    const [into, from] = [await aListed(), await aListed()];
    await merge(into, from).expect(200);
    expect(
      await query(
        `SELECT actor, new_values->>'from' AS merged FROM audit_logs WHERE event_type = 'contacts.merge' AND record_id = $1`,
        [into],
      ),
    ).toEqual([{ actor: business.ownerId, merged: from }]);
  });

  it('refuses what makes no sense, and whoever may not', async () => {
    const [into, from] = [await aListed(), await aListed()];
    const theirs = await aListed({}, other);
    expect((await merge(into, into).expect(422)).body.code).toBe('merge_with_itself');
    expect((await merge(into, theirs).expect(404)).body.code).toBe('merge_source_not_found');
    expect((await merge(into, newId()).expect(404)).body.code).toBe('merge_source_not_found');
    await merge(theirs, from).expect(404);
    await merge(into, from, { keep: { name: 'mine' } }).expect(422);
    const { token } = await aMember(place.app, business.orgId, 'viewer');
    await as(place.app, token).post(`/contacts/${into}/merge`, { from }).expect(403);
    const crowded = await aListed({ tags: Array.from({ length: 30 }, (_, i) => `a${i}`) });
    const more = await aListed({ tags: Array.from({ length: 30 }, (_, i) => `b${i}`) });
    expect((await merge(crowded, more).expect(422)).body.code).toBe('merge_too_large');
    expect(await contact(from)).toBeDefined();
  });
});

describe('at the same time', () => {
  it('A into B and B into A: one of them happens', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await aKnown(), await aKnown()];
      const answers = await Promise.all([merge(a.id, b.id), merge(b.id, a.id)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
      const left = await query('SELECT id FROM contacts WHERE id = ANY ($1)', [[a.id, b.id]]);
      expect(left).toHaveLength(1);
    }
  });

  it('the person writes and is answered: every message is there once, in one thread', async () => {
    for (let round = 0; round < 3; round++) {
      const [a, b] = [await aKnown(), await aKnown()];
      const said = Array.from({ length: 4 }, (_, i) => `Message ${round}.${i}`);
      await Promise.all([
        ...said.map((text, i) => (i % 2 ? a : b).talk.customer.writes(text)),
        merge(a.id, b.id).expect(200),
      ]);
      await place.quiet();
      const stored = await query<{ body: string; contact_id: Uuid }>(
        `SELECT m.body, c.contact_id FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
         WHERE m.body = ANY ($1) ORDER BY m.body`,
        [said],
      );
      expect(stored).toEqual(said.map((body) => ({ body, contact_id: a.id })));
      expect(await query('SELECT id FROM contacts WHERE phone = $1', [b.phone])).toEqual([]);
    }
  });

  it('a message is being sent: its outcome is recorded where it went', async () => {
    const [a, b] = [await aKnown(), await aKnown()];
    const ids = await Promise.all([1, 2, 3].map((number) => b.talk.reply(`Answer ${number}`)));
    await merge(a.id, b.id).expect(200);
    await place.quiet();
    const rows = await query<{ status: string }>('SELECT status FROM messages WHERE id = ANY ($1)', [ids]);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(b.talk.customer.read().filter((text) => text.startsWith('Answer'))).toHaveLength(3);
  });
});

describe('likely pairs', () => {
  const pairs = async () =>
    (await business.owner.get('/contacts/duplicates?limit=200').expect(200)).body.items;
  async function scan(): Promise<void> {
    await business.owner.post('/contacts/duplicates/scan').expect(204);
    await place.quiet();
  }

  it('are found by email, and by the end of a number with a similar name; told, dismissed, merged', async () => {
    const dana = await aListed({ name: 'Dana Krull', email: 'krull@example.test' });
    const dani = await aListed({ name: 'Somebody else', email: 'krull@example.test' });
    const max = await aListed({ name: 'Maximilian Ortlepp', phone: '+4917012345678' });
    const maxi = await aListed({ name: 'Maximilan Ortlepp', phone: '+117012345678' });
    const stranger = await aListed({ name: 'Zoe', phone: '+4317012345678' });
    await scan();
    const found = (await pairs()).filter((pair: { contact: { id: string }; other: { id: string } }) =>
      [dana, dani, max, maxi, stranger].some((id) => id === pair.contact.id || id === pair.other.id),
    );
    expect(found).toMatchObject([
      {
        contact: { id: max },
        other: { id: maxi },
        score: expect.any(Number),
        reasons: ['similar_phone', 'similar_name'],
      },
      { contact: { id: dana }, other: { id: dani }, score: 70, reasons: ['same_email'] },
    ]);
    const [first, second] = found;
    await other.owner.post(`/contacts/duplicates/${first.id}/dismiss`).expect(404);
    await business.owner.post(`/contacts/duplicates/${first.id}/dismiss`).expect(204);
    await scan();
    expect((await pairs()).map(({ id }: { id: string }) => id)).not.toContain(first.id);
    await merge(second.contact.id, second.other.id).expect(200);
    expect((await pairs()).map(({ id }: { id: string }) => id)).not.toContain(second.id);
  });

  it('are no pairs any more once they differ, and are paged', async () => {
    const ids: Uuid[] = [];
    for (let i = 0; i < 4; i++) ids.push(await aListed({ name: `P${i}`, email: 'paged@example.test' }));
    await scan();
    const first = await business.owner.get('/contacts/duplicates?limit=2').expect(200);
    const second = await business.owner
      .get(`/contacts/duplicates?limit=200&cursor=${first.body.nextCursor}`)
      .expect(200);
    const all = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(all.length).toBeGreaterThanOrEqual(6);
    expect(new Set(all).size).toBe(all.length);
    await query(`UPDATE contacts SET email = NULL WHERE id = ANY ($1)`, [ids]);
    await scan();
    expect(
      (await pairs()).filter(({ contact: { id } }: { contact: { id: Uuid } }) => ids.includes(id)),
    ).toEqual([]);
  });
});

describe('any sequence of merges', () => {
  const COUNT = 4;

  /** Contacts with a phone, a mapping, a thread and messages each; some are opted out. */
  async function crowd(optedOut: readonly boolean[]): Promise<Uuid[]> {
    const ids: Uuid[] = [];
    const connectionId = business.connection.id;
    for (const [i, out] of optedOut.entries()) {
      const phone = `+49160${String(Date.now()).slice(-6)}${ids.length}${Math.floor(Math.random() * 1000)}`;
      const id = await aListed({
        phone,
        name: `Name ${i}`,
        email: `p${i}-${phone.slice(1)}@example.test`,
        tags: [`t${i}`],
        notes: `note of ${i}`,
        custom_fields: { same: 'x', room: `room ${i}` },
      });
      ids.push(id);
      await inOrg(() =>
        consent.record({
          phone,
          channel: 'whatsapp',
          purpose: 'transactional',
          action: out ? 'opt_out' : 'opt_in',
          source: 'api',
          evidence: {},
          at: new Date(),
        }),
      );
      await query('UPDATE phone_number_mappings SET contact_id = $2 WHERE phone_number = $1', [phone, id]);
      const thread = newId();
      await query(
        `INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at, last_inbound_at)
         VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 second', now() + $6 * interval '1 second')`,
        [business.orgId, thread, id, i % 2 ? connectionId : null, phone, i],
      );
      await query(
        `INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, author_id, status)
         SELECT $1, gen_random_uuid(), $2, 'incoming', 'said by ' || $3, 'contact', $4, 'received' FROM generate_series(1, 3)`,
        [business.orgId, thread, phone, id],
      );
    }
    return ids;
  }

  it('loses nothing, doubles nothing, and opens no channel', async () => {
    const merges = fc.array(fc.tuple(fc.nat(COUNT - 1), fc.nat(COUNT - 1), fc.constantFrom('into', 'from')), {
      maxLength: 6,
    });
    const people = fc.array(fc.boolean(), { minLength: COUNT, maxLength: COUNT });
    await fc.assert(
      fc.asyncProperty(people, merges, async (optedOut, steps) => {
        const ids = await crowd(optedOut);
        const phones = (
          await query<{ phone: string }>('SELECT phone FROM contacts WHERE id = ANY ($1) ORDER BY phone', [
            ids,
          ])
        ).map(({ phone }) => phone);
        const ledger = () =>
          query('SELECT * FROM consent_events WHERE phone = ANY ($1) ORDER BY id', [phones]);
        const may = () => Promise.all(phones.map(mayMessage));
        const [entries, open] = [await ledger(), await may()];
        // What should be: which contact each one is by now.
        const now = new Map(ids.map((id) => [id, id]));
        for (const [a, b, side] of steps) {
          const [into, from] = [ids[a]!, ids[b]!];
          const alive = now.get(into) === into && now.get(from) === from && into !== from;
          const { status } = await merge(into, from, { keep: { phone: side, name: side } });
          expect(status === 200).toBe(alive);
          if (alive) for (const [id, current] of now) if (current === from) now.set(id, into);
        }
        const left = new Set(now.values());
        expect(
          (await query('SELECT id FROM contacts WHERE id = ANY ($1)', [ids])).map(({ id }) => id).sort(),
        ).toEqual([...left].sort());
        const said = await query<{ body: string; contact_id: Uuid; author_id: Uuid }>(
          `SELECT m.body, c.contact_id, m.author_id FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
           WHERE m.body = ANY ($1)`,
          [phones.map((phone) => `said by ${phone}`)],
        );
        expect(said).toHaveLength(3 * COUNT);
        for (const message of said) expect(message.author_id).toBe(message.contact_id);
        const mapped = await query<{ phone_number: string; contact_id: Uuid }>(
          'SELECT phone_number, contact_id FROM phone_number_mappings WHERE phone_number = ANY ($1) ORDER BY 1',
          [phones],
        );
        expect(mapped.map((row) => row.phone_number)).toEqual(phones);
        for (const { body, contact_id } of said)
          expect(mapped.find((row) => body === `said by ${row.phone_number}`)?.contact_id).toBe(contact_id);
        for (const id of left) {
          const tags = ids.flatMap((one, i) => (now.get(one) === id ? [`t${i}`] : []));
          const row = (await contact(id))!;
          expect([...(row['tags'] as string[])].sort()).toEqual(tags);
          const told = `${String(row['notes'])}\n${JSON.stringify(row['custom_fields'])}`;
          for (const [i, one] of ids.entries())
            for (const text of [`note of ${i}`, `room ${i}`, `Name ${i}`])
              expect({ text, told: `${told}\n${String(row['name'])}`.includes(text) }).toEqual({
                text,
                told: now.get(one) === id,
              });
        }
        for (const [id, current] of now)
          if (id !== current)
            expect((await business.owner.get(`/contacts/${id}`).expect(404)).body.errors[0].message).toBe(
              current,
            );
        expect(await ledger()).toEqual(entries);
        expect(await may()).toEqual(open);
      }),
      { numRuns: 12 },
    );
  });
});
