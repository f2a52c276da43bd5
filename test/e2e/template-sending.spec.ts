import { newId, type Uuid } from '../../src/common/context';
import { Schedule } from '../../src/common/schedule';
import type { Content, ContentInput } from '../../tools/twilio-simulator';
import { aConnection } from '../support';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

import { consents } from '../support/consents';

let place: TestInstallation;
let clinic: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  // Without an approved template Twilio takes nothing outside of the window.
  place.twilio.configure({ whatsappWindow: 'reject' });
  clinic = await aBusiness(place);
});
afterEach(async () => {
  place.twilio.faults.clear();
  place.twilio.configure({ callbacks: true });
  await place.quiet();
});
afterAll(() => place.stop());

/** A template that the provider holds, as it is known here. */
async function aHeldTemplate(change: Partial<ContentInput> = {}): Promise<{ id: Uuid; content: Content }> {
  const content = place.twilio.addContent({
    accountSid: clinic.connection.number.accountSid,
    friendlyName: 'reminder',
    body: 'Hi {{1}}, see you on {{2}}.',
    variables: { '1': 'Ada', '2': 'Friday' },
    ...change,
  });
  await sync(clinic.connection.id);
  const [row] = await place.app.db.query<{ id: Uuid }>(
    'SELECT id FROM message_templates WHERE provider_template_id = $1',
    [content.sid],
  );
  return { id: row!.id, content };
}

async function sync(connectionId: Uuid): Promise<void> {
  await clinic.owner.post('/message-templates/sync', { connectionId }).expect(202);
  await place.app.settled();
}

async function aText(change: object = {}): Promise<Uuid> {
  const { body } = await clinic.owner
    .post('/message-templates', {
      name: `Moved ${newId()}`,
      language: 'en',
      consentPurpose: 'transactional',
      body: 'Hi {{name}}, it is on {{day}}.',
      variables: [
        { name: 'name', type: 'text', example: 'Ada', maxLength: 20 },
        { name: 'day', type: 'date', example: '2026-01-09', maxLength: 10 },
      ],
      ...change,
    })
    .expect(201);
  return (body as { id: Uuid }).id;
}

/** A conversation in which the customer has not written for long. */
async function anOldConversation(): Promise<TestConversation> {
  const conversation = await aConversation(place, clinic);
  await place.app.db.query(
    `UPDATE conversations SET session_window_ends_at = now() - interval '1 hour' WHERE id = $1`,
    [conversation.id],
  );
  return conversation;
}

const say = (conversation: TestConversation, said: object) =>
  clinic.owner.post(`/conversations/${conversation.id}/messages`, said);

const ANN = { '1': 'Ann', '2': 'Monday' };

describe('a template that the provider approved', () => {
  it('goes out at any time, by its id, and is shown as the person reads it', async () => {
    const { id, content } = await aHeldTemplate();
    const conversation = await anOldConversation();
    await say(conversation, { text: 'Hello' })
      .expect(422)
      .then(({ body }) => expect(body.code).toBe('session_window_closed'));
    const { body } = await say(conversation, { template: { id, variables: ANN } }).expect(201);
    expect(body).toMatchObject({
      text: 'Hi Ann, see you on Monday.',
      template: { templateId: id, variables: ANN },
      consentPurpose: 'transactional',
      status: 'queued',
    });
    await place.quiet();
    expect(conversation.customer.got()).toMatchObject([
      { contentSid: content.sid, contentVariables: JSON.stringify(ANN), body: 'Hi Ann, see you on Monday.' },
    ]);
    expect(await conversation.message(body.id)).toMatchObject({ status: 'delivered' });
  });

  it('bears the purpose that it was given, and is sent once for one Idempotency-Key', async () => {
    const { id } = await aHeldTemplate({ category: 'MARKETING' });
    const conversation = await aConversation(place, clinic);
    await consents(clinic, conversation.customer.phone, 'marketing');
    const key = newId();
    for (let time = 0; time < 2; time++) {
      const { body } = await say(conversation, { template: { id, variables: ANN } })
        .set('idempotency-key', key)
        .expect(201);
      expect(body.consentPurpose).toBe('marketing');
    }
    await place.quiet();
    expect(conversation.customer.got()).toHaveLength(1);
  });

  it('that was paused meanwhile does not reach the provider', async () => {
    const { id, content } = await aHeldTemplate();
    const conversation = await anOldConversation();
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await say(conversation, { template: { id, variables: ANN }, sendAt }).expect(201);
    expect(body.status).toBe('held');
    place.twilio.addContent({ accountSid: content.accountSid, sid: content.sid, status: 'paused' });
    await sync(clinic.connection.id);
    await place.app.db.query('UPDATE messages SET held_until = now() WHERE id = $1', [body.id]);
    await place.app.nest.get(Schedule).fire('conversations.release-held', new Date());
    await place.quiet();
    expect(await conversation.message(body.id)).toMatchObject({
      status: 'failed',
      errorCode: 'template_not_approved',
    });
    expect(conversation.customer.got()).toEqual([]);
  });

  it('that the provider paused before we know fails with the same word', async () => {
    const { id, content } = await aHeldTemplate();
    const conversation = await aConversation(place, clinic);
    place.twilio.addContent({ accountSid: content.accountSid, sid: content.sid, status: 'paused' });
    const { body } = await say(conversation, { template: { id, variables: ANN } }).expect(201);
    await place.quiet();
    expect(await conversation.message(body.id)).toMatchObject({
      status: 'failed',
      errorCode: 'template_not_approved',
    });
  });

  it('that is gone at the provider before we know fails with the same word', async () => {
    const { id, content } = await aHeldTemplate();
    const conversation = await aConversation(place, clinic);
    place.twilio.contents.remove(content.sid);
    const { body } = await say(conversation, { template: { id, variables: ANN } }).expect(201);
    await place.quiet();
    expect(await conversation.message(body.id)).toMatchObject({
      status: 'failed',
      errorCode: 'template_not_approved',
    });
  });

  it('is found when the answer to its sending was lost, and not sent again', async () => {
    const { id } = await aHeldTemplate();
    const conversation = await aConversation(place, clinic);
    place.twilio.configure({ callbacks: false });
    place.twilio.faults.add({ kind: 'drop', to: `whatsapp:${conversation.customer.phone}` });
    const { body } = await say(conversation, { template: { id, variables: ANN } }).expect(201);
    await place.quiet();
    const got = conversation.customer.got();
    expect(got).toHaveLength(1);
    expect(await conversation.message(body.id)).toMatchObject({ providerMessageId: got[0]!.sid });
  });
});

describe('a text template', () => {
  it('goes out as text, within the window alone', async () => {
    const id = await aText({ consentPurpose: 'marketing' });
    const variables = { name: '{{day}}', day: '2026-03-01' };
    const conversation = await aConversation(place, clinic);
    const refused = await say(conversation, { template: { id, variables } }).expect(422);
    expect(refused.body).toMatchObject({ code: 'contact_opted_out' });
    await consents(clinic, conversation.customer.phone, 'marketing');
    const { body } = await say(conversation, { template: { id, variables } }).expect(201);
    expect(body).toMatchObject({ consentPurpose: 'marketing', template: { templateId: id, variables } });
    await place.quiet();
    expect(conversation.customer.got()).toMatchObject([
      { contentSid: null, body: 'Hi {{day}}, it is on March 1, 2026.' },
    ]);
    const old = await anOldConversation();
    await consents(clinic, old.customer.phone, 'marketing');
    await say(old, { template: { id, variables } })
      .expect(422)
      .then(({ body: late }) => expect(late.code).toBe('session_window_closed'));
  });

  it('that was deleted meanwhile says what it said when the message was written', async () => {
    const id = await aText({ body: 'We are closed.', variables: [] });
    const conversation = await aConversation(place, clinic);
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await say(conversation, { template: { id }, sendAt }).expect(201);
    await clinic.owner.delete(`/message-templates/${id}`).expect(204);
    await place.app.db.query('UPDATE messages SET held_until = now() WHERE id = $1', [body.id]);
    await place.app.nest.get(Schedule).fire('conversations.release-held', new Date(Date.now() + 60_000));
    await place.quiet();
    expect(conversation.customer.read()).toEqual(['We are closed.']);
  });
});

describe('refused, and told by field', () => {
  const refused = async (said: object, status = 422, conversation?: TestConversation) => {
    const { body } = await say(conversation ?? (await aConversation(place, clinic)), said).expect(status);
    return {
      code: body.code as string,
      fields: (body.errors as { field: string; code: string }[] | undefined)?.map(
        ({ field, code }) => `${field} ${code}`,
      ),
    };
  };

  it.each(['unsubmitted', 'received', 'pending', 'rejected', 'paused', 'disabled'] as const)(
    'a template that is %s, inside of the window too',
    async (status) => {
      const { id } = await aHeldTemplate({ status });
      expect(await refused({ template: { id, variables: ANN } })).toEqual({
        code: 'template_not_approved',
        fields: ['template.id template_not_approved'],
      });
    },
  );

  it('one that is switched off', async () => {
    const { id } = await aHeldTemplate();
    await clinic.owner.patch(`/message-templates/${id}`, { isActive: false }).expect(200);
    expect(await refused({ template: { id, variables: ANN } })).toMatchObject({
      code: 'template_not_active',
    });
  });

  it('one of another account', async () => {
    const { id } = await aHeldTemplate();
    const other = await aConnection(place.app, place.twilio, clinic.ownerToken);
    const conversation = await aConversation(place, { ...clinic, connection: other });
    expect(await refused({ template: { id, variables: ANN } }, 422, conversation)).toEqual({
      code: 'template_of_another_account',
      fields: ['template.id template_of_another_account'],
    });
  });

  it('one of another organization as one that is not there', async () => {
    const salon = await aBusiness(place);
    const { body } = await salon.owner
      .post('/message-templates', {
        ...{ name: 'Theirs', language: 'en', consentPurpose: 'transactional' },
        ...{ body: 'Hello', variables: [] },
      })
      .expect(201);
    const expected = { code: 'unknown_template', fields: ['template.id unknown_template'] };
    for (const id of [body.id as string, newId()])
      expect(await refused({ template: { id } })).toEqual(expected);
  });

  it('values that are missing, unknown, or not what WhatsApp takes', async () => {
    const { id } = await aHeldTemplate();
    expect(await refused({ template: { id, variables: { '1': 'a\nb', '3': 'c' } } })).toEqual({
      code: 'template_variables_invalid',
      fields: [
        'template.variables.1 control_characters',
        'template.variables.2 required',
        'template.variables.3 unknown_variable',
      ],
    });
  });

  it('values that make the text ask for a word that changes consent', async () => {
    const { id } = await aHeldTemplate({ body: 'Reply {{1}} to {{2}}.' });
    expect(
      await refused({ template: { id, variables: { '1': 'CANCEL', '2': 'cancel your appointment' } } }),
    ).toEqual({
      code: 'template_variables_invalid',
      fields: ['template.variables reserved_word'],
    });
    const conversation = await aConversation(place, clinic);
    await say(conversation, { template: { id, variables: { '1': '1', '2': 'confirm' } } }).expect(201);
  });

  it('a text beside a template, neither of the two, and no id', async () => {
    const { id } = await aHeldTemplate();
    expect(await refused({ text: 'Hello', template: { id, variables: ANN } })).toMatchObject({
      code: 'text_beside_template',
    });
    expect(await refused({})).toMatchObject({ fields: ['text required'] });
    expect(await refused({ template: { id: 'x' } })).toMatchObject({ fields: ['template.id isUuid'] });
  });

  it('a template to someone who opted out', async () => {
    const { id } = await aHeldTemplate();
    const conversation = await aConversation(place, clinic);
    await conversation.customer.writes('STOP');
    await place.quiet();
    const said = { template: { id, variables: ANN } };
    expect(await refused(said, 422, conversation)).toMatchObject({ code: 'contact_opted_out' });
  });
});
