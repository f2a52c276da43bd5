import { randomUUID } from 'node:crypto';
import {
  aBusiness,
  aConversation,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aVoiceNumber, callsOf, type TestVoiceNumber } from '../support/voice';
import { aCustomerNumber, deliver, signed } from '../support/webhooks';

const MP3 = Buffer.concat([
  Buffer.from('ID3\x03\x00\x00\x00\x00\x00\x00', 'latin1'),
  Buffer.alloc(500, 0x55),
]);
const STAFF = '+14155550123';

describe('calls that come in', () => {
  let place: TestInstallation;
  let business: TestBusiness;
  let voice: TestVoiceNumber;

  beforeAll(async () => {
    place = await anInstallation();
    business = await aBusiness(place);
    voice = await aVoiceNumber(place, business.ownerToken);
  });
  afterAll(() => place.stop());

  const call = async (input: Partial<Parameters<TestInstallation['twilio']['call']>[0]> = {}) => {
    const made = await place.twilio.call({ from: aCustomerNumber(), to: voice.address, ...input });
    await place.quiet();
    return made;
  };
  const told = async (name: string, callId: unknown): Promise<number> => {
    const rows = await place.app.db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM audit_logs WHERE org_id = $1 AND event_type = $2 AND record_id = $3`,
      [business.orgId, name, callId],
    );
    return rows[0]!.n;
  };

  it('takes a message where nothing was chosen, and keeps it like any file', async () => {
    const made = await call({ voicemail: MP3 });
    expect(made.said[0]).toBe('We cannot answer right now. Please leave a message after the tone.');
    const [logged] = await callsOf(business.owner);
    expect(logged).toMatchObject({
      direction: 'incoming',
      status: 'missed',
      from: made.from,
      to: voice.address,
      answeredAt: null,
      durationSeconds: 7,
      voicemail: { seconds: 7, file: { status: 'stored', contentType: 'audio/mpeg', size: MP3.length } },
      textBack: null,
    });
    const { voicemail, conversationId } = logged as {
      voicemail: { messageId: string; file: { url: string } };
      conversationId: string;
    };
    const path = new URL(voicemail.file.url).pathname + new URL(voicemail.file.url).search;
    const file = await place.app.http().get(path).buffer(true).expect(200);
    expect(Buffer.from(file.body as Buffer)).toEqual(MP3);
    const { body } = await business.owner.get(`/conversations/${conversationId}/messages`).expect(200);
    expect(body).toMatchObject({ items: [{ id: voicemail.messageId, direction: 'incoming' }] });
    expect(place.twilio.recordings()).toHaveLength(1);
  });

  it('greets, rings at staff and says goodbye to nobody who was answered', async () => {
    await voice.set({
      greeting: 'Tom & "Ada" <dentists>',
      language: 'en-GB',
      forwardTo: [STAFF],
      forwardTimeoutSeconds: 15,
    });
    const made = await call({ pickup: 'completed', talkSeconds: 42 });
    expect(made).toMatchObject({ said: ['Tom & "Ada" <dentists>'], dialed: [STAFF] });
    expect(made.twiml[0]).toContain('language="en-GB"');
    expect(made.twiml[0]).toContain('timeout="15"');
    expect(made.twiml[0]).toContain('Tom &amp; ');
    const [logged] = await callsOf(business.owner);
    expect(logged).toMatchObject({ status: 'answered', durationSeconds: 42, voicemail: null });
    expect(logged!['answeredAt']).not.toBeNull();
  });

  it('asks for a message where staff does not answer, and deletes it at the provider once it is stored', async () => {
    await voice.set({ forwardTo: [STAFF], voicemailDeletedAtProvider: true });
    const before = place.twilio.recordings().length;
    const made = await call({ pickup: 'no-answer', voicemail: MP3 });
    expect(made.dialed).toEqual([STAFF]);
    const [logged] = await callsOf(business.owner, '?status=missed&limit=1');
    expect(logged).toMatchObject({ from: made.from, voicemail: { file: { status: 'stored' } } });
    expect(
      (logged as { voicemail: { deletedAtProviderAt: unknown } }).voicemail.deletedAtProviderAt,
    ).not.toBeNull();
    expect(place.twilio.recordings()).toHaveLength(before);
  });

  it('knows nobody who withholds the number, and keeps what they leave', async () => {
    const made = await call({ from: 'anonymous', voicemail: MP3 });
    const [logged] = await callsOf(business.owner);
    expect(logged).toMatchObject({
      from: null,
      contact: { phone: null, name: null },
      voicemail: { file: { status: 'stored' } },
    });
    expect(made.status).toBe('completed');
    await call({ from: 'anonymous', hangsUpAt: 'Say' });
    expect((await callsOf(business.owner))[0]).toMatchObject({ from: null, contact: null, status: 'missed' });
  });

  it('makes one call of callbacks that come three times at once', async () => {
    const made = await call({ pickup: 'busy', voicemail: MP3, copies: 3 });
    const { body } = await business.owner.get(`/calls?limit=200`).expect(200);
    const found = (body as { items: { from: string | null }[] }).items.filter(
      ({ from }) => from === made.from,
    );
    expect(found).toHaveLength(1);
    const rows = await place.app.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM messages WHERE org_id = $1 AND provider_message_id LIKE $2 AND conversation_id = $3',
      [business.orgId, 'RE%', (found[0] as { conversationId?: string }).conversationId],
    );
    expect(rows[0]!.n).toBe(1);
    expect(await told('none', null)).toBe(0);
  });

  it('is refused where a signature does not fit, fields are moved, or the number is another one', async () => {
    const fields = {
      ...{
        AccountSid: voice.accountSid,
        ApiVersion: '2010-04-01',
        CallSid: `CA${randomUUID().replaceAll('-', '')}`,
      },
      ...{
        CallStatus: 'ringing',
        Direction: 'inbound',
        From: aCustomerNumber(),
        To: voice.address,
        CallerName: 'Dana',
      },
    };
    const { authToken, webhookUrl: url } = voice;
    const good = signed(fields, { authToken, url });
    const refused = async (request: typeof good, code: string): Promise<void> => {
      expect(await deliver(request)).toMatchObject({ code });
    };
    const body = (change: Record<string, string>): string =>
      new URLSearchParams({ ...fields, ...change }).toString();
    await refused({ ...good, body: body({ From: '+4915199999999' }) }, 'webhook_signature_invalid');
    await refused({ ...good, url: `${url}?step=dialed` }, 'webhook_signature_invalid');
    await refused({ ...good, url: `${url}?step=other` }, 'malformed_webhook');
    await refused(signed(fields, { authToken: 'f'.repeat(32), url }), 'webhook_signature_invalid');
    await refused(signed({ ...fields, To: '+14155550199' }, { authToken, url }), 'webhook_not_connected');
    const text = { ...fields, CallerName: `DanaDirectionoutbound-api` };
    await refused(signed(text, { authToken, url }), 'ambiguous_webhook');
    const other = await aBusiness(place);
    const theirs = await aVoiceNumber(place, other.ownerToken);
    await refused(signed(fields, { authToken, url: theirs.webhookUrl }), 'webhook_not_connected');
    const answer = await deliver(good);
    expect(answer).toMatchObject({ status: 200, type: 'text/xml; charset=utf-8' });
    expect(await deliver(good)).toEqual(answer);
    await place.quiet();
    expect(await callsOf(other.owner)).toEqual([]);
    const [mine] = await callsOf(business.owner, '?limit=1');
    await other.owner.get(`/calls/${String(mine!['id'])}`).expect(404);
    await other.owner.get(`/channel-connections/${voice.id}/voice`).expect(404);
  });

  it('is not told the numbers of staff where nobody vouches for it, since the number observes', async () => {
    await voice.set({ forwardTo: [STAFF] });
    await business.owner
      .put(`/channel-connections/${voice.id}/verification`, { mode: 'observe', hours: 1 })
      .expect(200);
    const answerTo = async (authToken: string): Promise<string> => {
      const fields = {
        ...{ AccountSid: voice.accountSid, ApiVersion: '2010-04-01', CallStatus: 'ringing' },
        ...{ CallSid: `CA${randomUUID().replaceAll('-', '')}`, Direction: 'inbound' },
        ...{ From: aCustomerNumber(), To: voice.address },
      };
      const answer = await deliver(signed(fields, { authToken, url: voice.webhookUrl }));
      expect(answer.status).toBe(200);
      return answer.text;
    };
    expect(await answerTo('f'.repeat(32))).not.toContain(STAFF);
    expect(await answerTo(voice.authToken)).toContain(STAFF);
    await business.owner
      .put(`/channel-connections/${voice.id}/verification`, { mode: 'enforce' })
      .expect(200);
    await voice.set({ forwardTo: [] });
    await place.quiet();
  });

  it('writes once to whoever was missed, where they allow it, and to nobody else', async () => {
    await voice.set({
      missedCallText: { enabled: true, text: 'We missed you.', connectionId: business.connection.id },
    });
    const wrote = await aConversation(place, business);
    const { phone } = wrote.customer;
    await call({ from: phone, voicemail: null });
    await call({ from: phone, voicemail: null });
    expect(wrote.customer.read()).toEqual(['We missed you.']);
    const calls = await callsOf(business.owner, '?status=missed&limit=2');
    expect(calls.map(({ textBack }) => (textBack as { refusal: string | null }).refusal)).toEqual([
      'texted_back_before',
      null,
    ]);

    const stranger = aCustomer(place, business);
    await call({ from: stranger.phone });
    expect(stranger.got()).toEqual([]);
    expect((await callsOf(business.owner))[0]).toMatchObject({
      textBack: { messageId: null, refusal: 'contact_opted_out' },
    });
    const silent = await aConversation(place, business);
    await silent.customer.writes('STOP');
    await place.quiet();
    const before = silent.customer.got().length;
    await call({ from: silent.customer.phone });
    expect(silent.customer.got()).toHaveLength(before);
    expect((await callsOf(business.owner))[0]).toMatchObject({ textBack: { refusal: 'contact_opted_out' } });
  });

  it('has settings that change by version, and refuses what cannot work', async () => {
    const path = `/channel-connections/${voice.id}/voice`;
    const { body, headers } = await business.owner.get(path).expect(200);
    expect(headers['etag']).toContain(String((body as { version: number }).version));
    const stale = business.owner.patch(path, { greeting: 'Hello' }).set('if-match', String(headers['etag']));
    await stale.expect(200);
    await business.owner.patch(path, { greeting: 'Hi' }).set('if-match', String(headers['etag'])).expect(412);
    const bad = await business.owner
      .patch(path, {
        forwardTo: ['nonsense', voice.address, STAFF, STAFF],
        missedCallText: { connectionId: voice.id },
      })
      .expect(422);
    expect((bad.body as { errors: { field: string; code: string }[] }).errors).toEqual([
      expect.objectContaining({ field: 'forwardTo.0', code: 'e164' }),
      expect.objectContaining({ field: 'forwardTo.1', code: 'loop' }),
      expect.objectContaining({ field: 'forwardTo.3', code: 'twice' }),
      expect.objectContaining({ field: 'missedCallText.connectionId', code: 'channel' }),
    ]);
    await business.owner.get(`/channel-connections/${business.connection.id}/voice`).expect(422);
  });

  it('takes no text that asks for a word which unsubscribes whoever answers it', async () => {
    const path = `/channel-connections/${voice.id}/voice`;
    const { body: before } = await business.owner.get(path).expect(200);
    const { body } = await business.owner
      .patch(path, {
        greeting: 'Please reply CANCEL to cancel your visit.',
        voicemailPrompt: 'Reply START to be called back.',
        closing: 'Text us END to end this call.',
        missedCallText: { text: 'Sorry! Reply YES to be called back.' },
      })
      .expect(422);
    expect((body as { errors: object[] }).errors.map((problem) => ({ ...problem, message: '' }))).toEqual(
      ['greeting', 'voicemailPrompt', 'closing', 'missedCallText.text'].map((field) => ({
        ...{ field, code: 'reserved_word', message: '' },
      })),
    );
    expect((await business.owner.get(path).expect(200)).body).toEqual(before);
    await voice.set({ missedCallText: { text: 'We missed you. Reply STOP to get no more messages.' } });
  });

  it('rejects calls of a number that is switched off', async () => {
    await business.owner.patch(`/channel-connections/${voice.id}`, { isActive: false }).expect(200);
    expect(await call()).toMatchObject({ status: 'busy', said: [] });
    await business.owner.patch(`/channel-connections/${voice.id}`, { isActive: true }).expect(200);
  });
});

describe('calls that say something', () => {
  let place: TestInstallation;
  let business: TestBusiness;
  let voice: TestVoiceNumber;

  beforeAll(async () => {
    place = await anInstallation();
    business = await aBusiness(place);
    voice = await aVoiceNumber(place, business.ownerToken);
    await place.app.db.query(`UPDATE organizations SET timezone = 'UTC' WHERE id = $1`, [business.orgId]);
  });
  afterAll(() => place.stop());

  /** A contact by a clock on which it is noon now. */
  const somebody = async (consents = true): Promise<{ contactId: string; phone: string }> => {
    const phone = aCustomerNumber();
    const offset = 12 - new Date().getUTCHours();
    const timezone = offset === 0 ? 'UTC' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
    const { body } = await business.owner.post('/contacts', { name: 'Ada', phone, timezone }).expect(201);
    if (consents) {
      const line = { phone, channel: 'voice', purpose: 'transactional', action: 'opt_in', source: 'console' };
      const evidence = { wording: 'You may call me.', method: 'form' };
      await business.owner.post('/consent', { ...line, evidence }).expect(201);
    }
    return { contactId: (body as { id: string }).id, phone };
  };
  const remind = (contactId: string, more: object = {}) =>
    business.owner.post('/voice-reminders', {
      contactId,
      connectionId: voice.id,
      text: 'Tomorrow at <ten> & a half.',
      ...more,
    });
  const messageOf = async (id: string) =>
    (await business.owner.get(`/messages/${id}`).expect(200)).body as Record<string, unknown>;

  it('says it to whoever allows it, once, and tells that they answered', async () => {
    const { contactId, phone } = await somebody();
    const made = await remind(contactId).set('idempotency-key', 'one').expect(201);
    await remind(contactId).set('idempotency-key', 'one').expect(201);
    await place.quiet();
    const { id } = made.body as { id: string };
    expect(await messageOf(id)).toMatchObject({ status: 'delivered' });
    const calls = place.twilio.calls().filter(({ to }) => to === phone);
    expect(calls).toHaveLength(1);
    expect(calls[0]!.said[0]).toBe('Tomorrow at <ten> & a half.');
    expect((await callsOf(business.owner))[0]).toMatchObject({
      direction: 'outgoing',
      status: 'answered',
      to: phone,
      spokenMessageId: id,
    });
  });

  it('calls nobody without consent, and nobody any more who pressed 9', async () => {
    const stranger = await somebody(false);
    await remind(stranger.contactId).expect(422);
    const { contactId, phone } = await somebody();
    place.twilio.onCall(phone, { key: '9' });
    await remind(contactId).expect(201);
    await place.quiet();
    const refused = await remind(contactId).expect(422);
    expect(refused.body).toMatchObject({ code: 'contact_opted_out' });
  });

  it('finds a call whose answer was lost in the list of calls', async () => {
    const { contactId, phone } = await somebody();
    place.twilio.faults.add({ kind: 'drop', callbacks: false, to: phone });
    const { body } = await remind(contactId).expect(201);
    await place.quiet();
    expect(place.twilio.calls().filter(({ to }) => to === phone)).toHaveLength(1);
    expect(['sending', 'sent', 'delivered']).toContain(
      (await messageOf((body as { id: string }).id))['status'],
    );
  });

  it('tells who was busy, and lets nobody be woken', async () => {
    const { contactId, phone } = await somebody();
    place.twilio.onCall(phone, { pickup: 'busy' });
    const busy = await remind(contactId).expect(201);
    await place.quiet();
    expect(await messageOf((busy.body as { id: string }).id)).toMatchObject({ status: 'undelivered' });
    const night = 12 - new Date().getUTCHours() > 0 ? 'Etc/GMT' : 'Etc/GMT';
    const offset = ((2 - new Date().getUTCHours() + 36) % 24) - 12;
    const timezone = offset === 0 ? 'UTC' : `${night}${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
    await business.owner.patch(`/contacts/${contactId}`, { timezone }).expect(200);
    const held = await remind(contactId).expect(201);
    await place.quiet();
    expect(await messageOf((held.body as { id: string }).id)).toMatchObject({
      status: 'held',
      heldBecause: 'quiet_hours',
    });
  });
});
